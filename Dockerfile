# syntax=docker/dockerfile:1
# The one image: workers and operator are commands of it. Nothing in it but Node, its libraries and our bundles: no shell, no
# package manager, nobody but the user `nonroot`, and nothing that anybody has to write to.
#
#   docker buildx build \
#     --build-arg BUILD_BASE=node:24-trixie-slim@sha256:... \
#     --build-arg RUN_BASE=gcr.io/distroless/nodejs24-debian13:nonroot@sha256:... .
#
# Both bases are named by digest, and there is no default: an image says what it was made from. The same sources, lock file and
# bases make the same layers (with SOURCE_DATE_EPOCH and rewrite-timestamp, as the release workflow has them).
ARG BUILD_BASE
ARG RUN_BASE

FROM --platform=$BUILDPLATFORM ${BUILD_BASE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc tsconfig.json ./
# No package's script runs: what a build needs is there without.
RUN npm ci --ignore-scripts --no-audit
COPY api/ api/
COPY aws/ aws/
COPY worker/ worker/
COPY operator/ operator/
COPY cli/ cli/
COPY simulator/ simulator/
COPY scripts/ scripts/
RUN node scripts/build.ts

FROM ${RUN_BASE}
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="Courier" \
      org.opencontainers.image.description="Delivers SQS messages to an HTTP recipient and audits every delivery" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/courier-dev/courier" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY LICENSE /app/LICENSE
# The commands are files of their own that courier.mjs loads when it is asked for them.
COPY --from=build /src/dist/ /app/
ENV NODE_ENV=production
# The reasons are in api/worker-runtime.ts.
ENV MALLOC_ARENA_MAX=2
ENV MALLOC_TRIM_THRESHOLD_=131072
USER 65532:65532
WORKDIR /app
EXPOSE 8080
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=16", "/app/courier.mjs"]
