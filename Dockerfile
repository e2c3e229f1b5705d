# Built in one stage and run in another, which has neither compilers nor sources. Versions are those of constraints.txt.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY graph graph
COPY resolvers resolvers
COPY visualise visualise
COPY seeds seeds
COPY api api
RUN pip wheel --no-cache-dir --constraint constraints.txt --wheel-dir /wheels .

FROM python:3.12-slim
RUN useradd --create-home --uid 10001 knotwork && install --directory --owner=knotwork /workspace
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links=/wheels knotwork
USER knotwork
ENV KNOTWORK_WORKSPACE=/workspace PYTHONUNBUFFERED=1
VOLUME /workspace
EXPOSE 8765
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=6 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8765/healthz', timeout=2)"]
ENTRYPOINT ["knotwork"]
# every address inside the container; which of them the world reaches is decided where the port is published
CMD ["serve", "--host", "0.0.0.0", "--port", "8765"]
