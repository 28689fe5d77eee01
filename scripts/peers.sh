#!/bin/sh
# Install what benchmarks/book_scale.py compares with: XeLaTeX with ctex, Chromium, typst.
# usage: scripts/peers.sh
#
# About 600 MB on Debian or Ubuntu; elsewhere install TeX Live and Chromium yourself. typst goes
# into .peers, since our environment is to hold only what kexue-book needs.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "peers: $*" >&2; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

if ! command -v apt-get >/dev/null 2>&1; then
    say "this is no Debian: install xelatex with ctex, and Chromium, yourself"
elif ! kpsewhich ctexbook.cls pzdr.tfm lmodern.sty soul.sty >/dev/null 2>&1 ||
    ! command -v chromium >/dev/null 2>&1; then
    as_root apt-get update -qq || say "the lists of packages could not be renewed; using the old"
    # One after the other: a peer that cannot be had is left out of the comparison.
    for peer in "texlive-xetex texlive-lang-chinese texlive-plain-generic
        texlive-fonts-recommended lmodern" chromium; do
        # shellcheck disable=SC2086  # a list of names
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends $peer >/dev/null ||
            say "could not install" $peer
    done
fi
if [ ! -d .peers/typst ]; then
    if command -v uv >/dev/null 2>&1; then
        uv pip install --quiet --python .venv/bin/python --target .peers 'typst>=0.15'
    else
        .venv/bin/python -m pip install --quiet --target .peers 'typst>=0.15'
    fi || say "could not install typst"
fi
