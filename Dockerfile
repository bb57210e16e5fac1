# delivrd for a cluster: every part of it is a command of this image. The embedded engine is not in it.
FROM python:3.11.13-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md ./
COPY delivrd delivrd
COPY receiver receiver
COPY alerts alerts
COPY pollers pollers
COPY consumers consumers
COPY console console
COPY pipeline pipeline
COPY schemas schemas
COPY simulators simulators
COPY sql sql
RUN python -m venv /opt/delivrd \
    && /opt/delivrd/bin/python -m pip install --no-cache-dir --constraint constraints.txt ".[kafka,s3]"

FROM python:3.11.13-slim-bookworm
COPY --from=build /opt/delivrd /opt/delivrd
ENV PATH=/opt/delivrd/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DELIVRD_DATA=/data
RUN groupadd --gid 10001 delivrd && useradd --uid 10001 --gid delivrd --no-create-home delivrd \
    && install -d -o delivrd -g delivrd -m 0750 /data
USER 10001:10001
VOLUME /data
# A receiver and a consumer end within 25 seconds of it.
STOPSIGNAL SIGTERM
ENTRYPOINT ["delivrd"]
CMD ["--help"]
