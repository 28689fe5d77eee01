#!/bin/sh
# Install what kexue-book needs: system libraries, Chinese fonts, and .venv with the project.
# usage: scripts/setup.sh [book|test|validate]
#
# "test" adds what only the tests need, "validate" what only `make validate` needs.
#
# Looks before it installs: a second run is quick and needs neither network nor root.
set -eu
cd "$(dirname "$0")/.."
ours=${1:-book}
# What validates needs all that tests need.
purpose=$ours
[ "$ours" = validate ] && purpose=test
stamp=.venv/.setup-$purpose

say() { printf '%s\n' "setup: $*" >&2; }

fail() {
    printf '%s\n' "error: $1" "hint: $2" >&2
    exit 6
}

has() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif has sudo; then sudo "$@"
    else fail "only root may run: $*" "run it as root, then this again"
    fi
}

# --- the system ---------------------------------------------------------------------------

system_packages() {
    case $(uname -s) in
        Darwin) macos ;;
        *) if has apt-get && has dpkg-query; then debian; else other_system; fi ;;
    esac
}

debian() {
    needed="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk"
    needed="$needed fonts-lxgw-wenkai ca-certificates"
    if [ "$purpose" = test ]; then
        has java || needed="$needed default-jre-headless"
        has pdftotext || needed="$needed poppler-utils"
        # libatomic1 is for the Node.js in playwright, which drives Chromium.
        needed="$needed libatomic1"
        has_browser || needed="$needed chromium"
    fi
    [ "$ours" = validate ] && ! has ebook-convert && needed="$needed calibre"
    has uv || find_python >/dev/null || needed="$needed python3 python3-venv"
    missing=""
    for package in $needed; do
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "installing$missing"
    as_root apt-get update -qq || say "the lists of packages could not be renewed; using the old"
    known=""
    for package in $missing; do
        if apt-cache show "$package" >/dev/null 2>&1; then known="$known $package"
        else say "this system has no package $package; going on without it"
        fi
    done
    # shellcheck disable=SC2086  # a list of names
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $known >/dev/null ||
        fail "apt-get could not install$known" "see what it says above; is there a network?"
}

macos() {
    formulas="pango fontconfig"
    casks="font-noto-serif-cjk-sc font-noto-sans-cjk-sc font-lxgw-wenkai"
    if [ "$purpose" = test ]; then
        # macOS has a `java` that only says where to get one.
        java -version >/dev/null 2>&1 || formulas="$formulas openjdk"
        has pdftotext || formulas="$formulas poppler"
        has_browser || casks="$casks google-chrome"
    fi
    [ "$ours" = validate ] && ! has ebook-convert && casks="$casks calibre"
    has uv || find_python >/dev/null || formulas="$formulas python@3.13"
    has brew || fail "Homebrew is not installed" "see https://brew.sh"
    for formula in $formulas; do
        brew list --formula "$formula" >/dev/null 2>&1 || brew install --quiet "$formula"
    done
    for cask in $casks; do
        brew list --cask "$cask" >/dev/null 2>&1 || brew install --quiet --cask "$cask"
    done
}

other_system() {
    say "this script knows Debian, Ubuntu and macOS; elsewhere, install these yourself:"
    say "Pango, HarfBuzz, fontconfig, Noto Serif CJK and Sans CJK, LXGW WenKai"
    [ "$purpose" = book ] || say "and for the tests Java, poppler (pdftotext) and Chromium"
    [ "$ours" != validate ] || say "and calibre"
}

# As tests/browser.py finds one; there may be no Python yet.
has_browser() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        has "$name" && return 0
    done
    for name in Chromium "Google Chrome" "Microsoft Edge"; do
        for folder in /Applications "$HOME/Applications"; do
            [ -e "$folder/$name.app" ] && return 0
        done
    done
    return 1
}

# --- .venv --------------------------------------------------------------------------------

# A Python that is new enough and can make an environment (Debian's alone cannot).
find_python() {
    for name in python3.13 python3.12 python3.11 python3; do
        path=$(command -v "$name" 2>/dev/null) || continue
        if suits "$path" && "$path" -c 'import ensurepip, venv' 2>/dev/null; then
            printf '%s\n' "$path"
            return 0
        fi
    done
    return 1
}

suits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

is_current() {
    [ -e "$stamp" ] && [ ! pyproject.toml -nt "$stamp" ] &&
        .venv/bin/kexue-book --version >/dev/null 2>&1
}

environment() {
    extras=""
    [ "$purpose" = test ] && extras="[dev]"
    say "making .venv (downloads about 200 MB the first time)"
    if has uv; then
        suits .venv/bin/python || uv venv --quiet --clear --python '>=3.11' .venv
        uv pip install --quiet --python .venv/bin/python --editable ".$extras"
    else
        python=$(find_python) ||
            fail "there is no Python 3.11 or later" "install one, or uv: https://docs.astral.sh/uv"
        suits .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1 ||
            "$python" -m venv --clear .venv
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".$extras"
    fi || fail "the packages could not be installed" "see what is said above; is there a network?"
    # What serves the tests serves the book.
    [ "$purpose" = test ] && touch .venv/.setup-book
    touch "$stamp"
}

# --- npm's ----------------------------------------------------------------------------------

# Install what the package-lock.json of a folder says; npm comes with the environment.
npm_packages() {
    lock=$1/package-lock.json
    [ "$1/node_modules/.package-lock.json" -nt "$lock" ] && return 0
    say "installing what $lock names"
    # What brings a browser of its own downloads it when it is installed: there is one already.
    PATH="$PWD/.venv/bin:$PATH" npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund \
        --no-update-notifier --loglevel=error >/dev/null ||
        fail "npm could not install what $lock names" "see what it says above; is there a network?"
    touch "$1/node_modules/.package-lock.json"
}

case $ours in
    book | test | validate) ;;
    *) fail "there is no purpose $ours" "usage: scripts/setup.sh [book|test|validate]" ;;
esac
system_packages
is_current || environment
[ "$purpose" = book ] || npm_packages tests/readers
[ "$ours" != validate ] || npm_packages scripts/validate
