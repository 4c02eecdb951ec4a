#!/usr/bin/env bash
# Makes a Debian 13 (trixie) root with AMD's own XRT tools, for the tests that hold our files against them.
#
#   scripts/trixie-root.sh [DIR] [PACKAGE...]
#
# DIR       where; default $TILECHECK_TRIXIE_ROOT, else ${XDG_CACHE_HOME:-$HOME/.cache}/tilecheck/trixie
# PACKAGE   packages of trixie or trixie-backports wanted besides libxrt-utils (which has xclbinutil)
#
# Needs root and Debian's package servers; installs debootstrap where it is missing. XRT of Debian 12 knows no NPU and
# the one of trixie-backports needs a newer C library than Debian 12 has, hence a root of its own. Running it again
# adds only what is missing; a root that was not finished is made anew. About half a minute and 270 MB.
set -euo pipefail

mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
dir=${1:-${TILECHECK_TRIXIE_ROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/tilecheck/trixie}}
packages=(libxrt-utils "${@:2}")
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

# What is asked for but not installed, one package a line. Needs no root.
missing() {
  local package
  for package in "${packages[@]}"; do
    [ "$(dpkg-query --admindir="$dir/var/lib/dpkg" -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      echo "$package"
  done
}

if [ -e "$dir/.complete" ] && [ -z "$(missing)" ]; then
  echo "trixie root: $dir is complete"
  exit 0
fi
if [ "$(id -u)" != 0 ]; then
  echo "trixie root: debootstrap needs root; run this script with sudo" >&2
  exit 3
fi

if [ ! -e "$dir/.complete" ]; then
  if ! command -v debootstrap >/dev/null; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends debootstrap
  fi
  # Only a root that this script began is cleared away.
  if [ -e "$dir" ] && [ ! -e "$dir/.begun" ]; then
    rmdir "$dir" 2>/dev/null || { echo "trixie root: $dir exists and is not ours" >&2; exit 2; }
  fi
  rm -rf --one-file-system "$dir"
  mkdir -p "$dir"
  touch "$dir/.begun"
  debootstrap --variant=minbase trixie "$dir" "$mirror"
  echo "deb $mirror trixie-backports main" >"$dir/etc/apt/sources.list.d/backports.list"
  # Manuals and translations are a third of the unpacking and nobody reads them here.
  printf 'path-exclude=%s\n' '/usr/share/man/*' '/usr/share/doc/*' '/usr/share/locale/*' \
    >"$dir/etc/dpkg/dpkg.cfg.d/slim"
  # Nothing in the root may start a service of the machine's.
  printf '#!/bin/sh\nexit 101\n' >"$dir/usr/sbin/policy-rc.d"
  chmod +x "$dir/usr/sbin/policy-rc.d"
fi

chroot "$dir" apt-get update -qq
chroot "$dir" apt-get install -y -qq --no-install-recommends -t trixie-backports "${packages[@]}"
chroot "$dir" apt-get clean
chroot "$dir" xclbinutil --version >"$dir/.complete"
echo "trixie root: $dir is complete"
