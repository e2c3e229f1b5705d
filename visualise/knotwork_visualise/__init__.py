"""Pictures of clusters and journeys: a scene is a pure value, and renderers draw it."""

from knotwork_visualise.charts.timeline import Timeline, timeline
from knotwork_visualise.charts.timeline_svg import timeline_svg
from knotwork_visualise.cluster import cluster_figure, cluster_html
from knotwork_visualise.picture import Scene
from knotwork_visualise.staging import scene

__all__ = ["Scene", "Timeline", "cluster_figure", "cluster_html", "scene", "timeline", "timeline_svg"]
