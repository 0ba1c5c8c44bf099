#!/usr/bin/env bash
# Prints the images that the Dockerfile builds on, by the digests that their tags have now: build=..., run=...
set -euo pipefail

digest() { docker buildx imagetools inspect "$1" --format '{{.Manifest.Digest}}'; }

for base in build=node:24-trixie-slim run=gcr.io/distroless/nodejs24-debian13:nonroot; do
  echo "${base%%=*}=${base#*=}@$(digest "${base#*=}")"
done
