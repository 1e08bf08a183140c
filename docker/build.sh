#!/usr/bin/env bash
# Builds all images and prints their sizes. Arguments are passed to `docker build`.
#   CLOSED=1   no registry of images: the base is made of this machine's Node (node_modules/node), npm and busybox
#   TAG=name   tag of the images, `latest` unless told
#   TARGETS    which ones, all unless told
set -euo pipefail
cd "$(dirname "$0")/.."
tag=${TAG:-latest}
revision=$(git rev-parse --short HEAD 2> /dev/null || echo unknown)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || echo 0)}
export SOURCE_DATE_EPOCH
args=(--build-arg "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH" --build-arg "REVISION=$revision"
  --build-arg "CREATED=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)"
  --build-arg "VERSION=$(node -p 'require("./package.json").version')")

if [ -n "${CLOSED:-}" ]; then
  # The plain builder: it needs no plugin of the client and no image of its own.
  export DOCKER_BUILDKIT=0
  context=$(mktemp -d)
  trap 'rm -rf "$context"' EXIT
  node_binary=$(readlink -f node_modules/node/bin/node)
  mkdir -p "$context"/runtime/{usr/local/bin,etc,tmp,lib64} "$context"/build/{bin,usr/local/lib/node_modules,etc/ssl/certs,root}
  install -m 755 "$node_binary" "$context/runtime/usr/local/bin/node"
  strip --strip-unneeded "$context/runtime/usr/local/bin/node" 2> /dev/null || true
  for library in $(ldd "$node_binary" | grep -o '/[^ ]*'); do
    install -D -m 755 "$library" "$context/runtime$library"
  done
  printf 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000:node:/data:/bin/sh\n' > "$context/runtime/etc/passwd"
  printf 'root:x:0:\nnode:x:1000:\n' > "$context/runtime/etc/group"
  chmod 1777 "$context/runtime/tmp"
  install -m 755 "$(command -v busybox)" "$context/build/bin/busybox"
  ln -s busybox "$context/build/bin/sh"
  cp -rL "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$context/build/usr/local/lib/node_modules/npm"
  printf '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n' > "$context/runtime-npm"
  install -D -m 755 "$context/runtime-npm" "$context/build/usr/local/bin/npm"
  cp -L /etc/ssl/certs/ca-certificates.crt "$context/build/etc/ssl/certs/"
  find "$context" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  cp docker/base/Dockerfile "$context/"
  docker build -q --target runtime -t k3s-daas-node:runtime "$context"
  docker build -q --target build -t k3s-daas-node:build "$context"
  args+=(--build-arg NODE_IMAGE=k3s-daas-node:build --build-arg RUNTIME_IMAGE=k3s-daas-node:runtime --network host
    --build-arg "NPM_CONFIG_REGISTRY=$(npm config get registry 2> /dev/null)")
fi

for target in ${TARGETS:-localnet master gateway worker suite}; do
  docker build -q -f docker/Dockerfile --target "$target" -t "k3s-daas-$target:$tag" "${args[@]}" "$@" . > /dev/null
  printf '%-10s %6.1f MB  %s\n' "$target" \
    "$(docker image inspect -f '{{.Size}}' "k3s-daas-$target:$tag" | awk '{print $1 / 1e6}')" \
    "$(docker image inspect -f '{{.Id}}' "k3s-daas-$target:$tag")"
done
