"""Pictures of clusters and journeys: a scene is a pure value, and renderers draw it.

``scene.scene`` places a cluster; ``cluster.cluster_html`` draws it as one file that loads nothing;
``charts.timeline_svg`` draws a journey.
"""
