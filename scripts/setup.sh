#!/bin/sh
# Install what kexue-book needs: system libraries, Chinese fonts, and .venv with the project.
# usage: scripts/setup.sh [test]      "test" adds what only the tests need
#
# Looks before it installs, so that a second run is quick and needs no network.
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-book}
stamp=.venv/.setup-$purpose

say() { printf '%s\n' "setup: $*" >&2; }

fail() { say "$1"; printf 'hint: %s\n' "$2" >&2; exit 6; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1; then sudo "$@"
    else fail "no right to run: $*" "run it as root, then this again"
    fi
}

debian() {
    packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk fonts-lxgw-wenkai"
    [ "$purpose" = test ] && packages="$packages default-jre-headless poppler-utils"
    # The interpreter's own packages are only needed when it is Debian's.
    if ! find_python >/dev/null || ! "$(find_python)" -c 'import ensurepip, venv' 2>/dev/null; then
        packages="$packages python3 python3-venv"
    fi
    missing=""
    for package in $packages; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' && continue
        # Any Java will do, whoever brought it.
        [ "$package" = default-jre-headless ] && command -v java >/dev/null 2>&1 && continue
        missing="$missing $package"
    done
    [ -z "$missing" ] && return
    say "installing$missing"
    as_root apt-get update -qq || say "the package lists could not be renewed; trying with the old"
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

macos() {
    command -v brew >/dev/null 2>&1 || fail "Homebrew is not installed" "see https://brew.sh"
    formulas="pango fontconfig"
    casks="font-noto-serif-cjk-sc font-noto-sans-cjk-sc font-lxgw-wenkai"
    [ "$purpose" = test ] && formulas="$formulas openjdk poppler"
    find_python >/dev/null || formulas="$formulas python@3.12"
    for formula in $formulas; do
        brew list --formula "$formula" >/dev/null 2>&1 || brew install --quiet "$formula"
    done
    for cask in $casks; do
        brew list --cask "$cask" >/dev/null 2>&1 || brew install --quiet --cask "$cask"
    done
}

find_python() {
    for name in python3.13 python3.12 python3.11 python3; do
        path=$(command -v "$name" 2>/dev/null) || continue
        if "$path" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2])' 2>/dev/null; then
            printf '%s\n' "$path"
            return 0
        fi
    done
    return 1
}

system_packages() {
    case $(uname -s) in
        Darwin) macos ;;
        Linux)
            if command -v apt-get >/dev/null 2>&1; then debian
            else say "unknown system: install Pango, fontconfig and Noto CJK fonts yourself"
            fi ;;
        *) say "unknown system: install Pango, fontconfig and Noto CJK fonts yourself" ;;
    esac
}

environment() {
    extras=""
    [ "$purpose" = test ] && extras="[dev]"
    if command -v uv >/dev/null 2>&1; then
        [ -x .venv/bin/python ] || uv venv --quiet --python ">=3.11" .venv
        uv pip install --quiet --python .venv/bin/python -e ".$extras"
        return
    fi
    python=$(find_python) || fail "Python 3.11 or later is not installed" "install python3"
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -e ".$extras"
}

system_packages
if [ ! -e "$stamp" ] || [ pyproject.toml -nt "$stamp" ] || [ ! -x .venv/bin/kexue-book ]; then
    say "making .venv"
    environment
    touch "$stamp"
fi
