#!/bin/sh
# The browser tests use Debian's Chromium: install it when this machine allows it, else say what to do.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core fonts-liberation
    exit 0
fi
echo "The browser tests need Chromium and may not install it: run  sudo apt-get install chromium fonts-dejavu-core" >&2
exit 1
