# Sourced by tools/try and tools/test: makes .venv in the checkout and installs mailhelp into it.
# Needs Python 3.11 or later; installs Debian's python3-venv where Python came without it.

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

find_python() {
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$python" >/dev/null 2>&1 &&
            "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            command -v "$python"
            return
        fi
    done
    fail "mailhelp needs Python 3.11 or later. On Debian or Ubuntu: apt-get install python3"
}

install_venv_module() {
    command -v apt-get >/dev/null 2>&1 || fail "Python's venv module is missing: install it."
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1; then
        as_root=sudo
    else
        fail "Python's venv module is missing. As root: apt-get install python3-venv"
    fi
    echo "Installing python3-venv" >&2
    $as_root apt-get update -qq >&2
    $as_root apt-get install -qq -y --no-install-recommends python3-venv >&2
}

# setup TOP EXTRAS: EXTRAS is '' or '[test]'
setup() {
    if [ ! -x "$1/.venv/bin/pip" ]; then
        python=$(find_python)
        rm -rf "$1/.venv"
        "$python" -m venv "$1/.venv" >/dev/null 2>&1 || {
            install_venv_module
            rm -rf "$1/.venv"
            "$python" -m venv "$1/.venv" >&2
        }
    fi
    echo "Setting up mailhelp in $1/.venv" >&2
    "$1/.venv/bin/pip" install --quiet --disable-pip-version-check --editable "$1$2" >&2
}
