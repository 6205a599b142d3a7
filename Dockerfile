# The operator's image. Build it in the repository's root: docker build .   (or: python -m local.kind images)
#
# BASE may be any Debian with Python 3.11 or newer among its packages. Where package registries are reached another way
# than directly, two optional secrets say how: `packages`, a shell file that sets variables of pip, uv and proxies, and
# `authorities`, a file of trusted certificates. Secrets stay out of layers and history.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS python
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 tzdata \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/apt /var/log/dpkg.log

FROM python AS build
ARG UV_VERSION=0.13.9
RUN apt-get update && apt-get install --yes --no-install-recommends python3-venv
RUN --mount=type=secret,id=packages --mount=type=secret,id=authorities \
    [ ! -f /run/secrets/packages ] || . /run/secrets/packages; \
    python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir --disable-pip-version-check "uv==${UV_VERSION}"
# The bytecode is made here: the container's root is read-only.
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never \
    UV_PYTHON=/usr/bin/python3 UV_PROJECT_ENVIRONMENT=/opt/operator
WORKDIR /src
# Dependencies first: their layer stays as long as the lock file does.
COPY pyproject.toml uv.lock README.md ./
COPY contract/pyproject.toml contract/
COPY bss/pyproject.toml bss/
RUN --mount=type=secret,id=packages --mount=type=secret,id=authorities \
    [ ! -f /run/secrets/packages ] || . /run/secrets/packages; \
    /opt/uv/bin/uv sync --frozen --no-dev --extra otel --no-install-workspace
COPY contract contract
COPY operator operator
RUN --mount=type=secret,id=packages --mount=type=secret,id=authorities \
    [ ! -f /run/secrets/packages ] || . /run/secrets/packages; \
    /opt/uv/bin/uv sync --frozen --no-dev --extra otel --no-editable

FROM python
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Tenant Reseller Operator" \
      org.opencontainers.image.description="Turns a TenantReseller resource into a tenant of a distributor's BSS" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /opt/operator /opt/operator
ENV PATH=/opt/operator/bin:/usr/bin:/bin USER=nonroot PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# A number, so that Kubernetes can see that it is not root; and a name, because some libraries ask who runs them.
RUN /usr/sbin/useradd --uid 65532 --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin nonroot
USER 65532:65532
WORKDIR /
ENTRYPOINT ["tenant-reseller-operator"]
CMD ["run"]
