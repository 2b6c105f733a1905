# Shared by the scripts in this folder: what must be installed, and how.
# Sourced, never run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export LC_ALL=C.UTF-8

say() { printf '%s\n' "$*" >&2; }

# Packages by purpose. To build and run:
build_packages=(
  gcc g++ meson ninja-build pkg-config python3
  libpg-query-dev libsqlite3-dev libpq-dev libssl-dev libpcre2-dev
  libsodium-dev libqrencode-dev libcrypt-dev libcurl4-openssl-dev libtomlplusplus-dev libstemmer-dev libutf8proc-dev zlib1g-dev
)
# To test: the other compiler, the oracle, the unit test library, real peers.
test_packages=(
  check clang libclang-rt-14-dev ccache postgresql postgresql-contrib pgbouncer sqlite3
  nodejs npm python3-venv curl jq jose
)
lint_packages=(clang-format cppcheck)
bench_packages=(wrk nginx-light postgresql)

# Installs what is missing of the named packages, and says what and why.
need_packages() { # PURPOSE PACKAGE...
  local purpose=$1; shift
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  # A Node.js that did not come from a package serves as well.
  local kept=()
  for package in "${missing[@]}"; do
    case $package in
      nodejs) command -v node >/dev/null 2>&1 || kept+=("$package") ;;
      npm) command -v npm >/dev/null 2>&1 || kept+=("$package") ;;
      *) kept+=("$package") ;;
    esac
  done
  missing=("${kept[@]}")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "Installing ${#missing[@]} packages $purpose: ${missing[*]}"
  if ! command -v apt-get >/dev/null 2>&1; then
    say "This script installs with apt-get, which this system does not have. Install the packages above and run it again."
    exit 1
  fi
  local sudo=
  if [ "$(id -u)" != 0 ]; then sudo=sudo; fi
  local log; log=$(mktemp)
  if ! { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -20 "$log" >&2
    say "The installation failed; the lines above say why."
    exit 1
  fi
  rm -f "$log"
}

# Configures (once) and builds a tree: build_tree DIR [MESON OPTION...]
build_tree() {
  local dir=$1; shift
  local cc=${CC:-gcc} cxx=${CXX:-g++} wrapper=
  if command -v ccache >/dev/null 2>&1; then wrapper="ccache "; fi
  if [ ! -f "$dir/build.ninja" ]; then
    say "Configuring $dir"
    CC="$wrapper$cc" CXX="$wrapper$cxx" meson setup "$dir" "$@" >"$dir.log" 2>&1 || { tail -30 "$dir.log" >&2; exit 1; }
  fi
  say "Building $dir"
  if ! ninja -C "$dir" >"$dir.log" 2>&1; then
    grep -E 'error|FAILED|undefined' -A4 "$dir.log" | head -60 >&2 || tail -40 "$dir.log" >&2
    exit 1
  fi
}

release_options=(--buildtype=release -Db_lto=false -Dtests=false -Dbench=true)
