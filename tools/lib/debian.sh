# Sourced by the tools: Debian's archive, used beside the machine's own packages. Whatever is fetched
# here is checked by apt against the archive's signatures; the machine's apt settings stay as they are.

say() { echo "${0##*/}: $*" >&2; }
die() { say "$*"; exit 2; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]; }

outlive_cache() { echo "${XDG_CACHE_HOME:-$HOME/.cache}/outlive"; }

debian_release() { (. /etc/os-release 2>/dev/null && [ "${ID:-}" = debian ] && echo "${VERSION_ID:-}") || true; }

# The machine's own mirror, out of either format of apt's source lists.
debian_mirror() {
  local found
  found=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb .*\(https\?:[^ ]*\).*/\1/p' \
    /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.sources \
    /etc/apt/sources.list.d/*.list 2>/dev/null | grep -E '/debian(/|$)' | head -n 1) || true
  [ -n "$found" ] || die "no Debian archive among apt's sources"
  echo "$found"
}

# private_apt DIR deb|deb-src SUITE... : an apt of its own in DIR, left in the array `apt`, its lists fresh.
private_apt() {
  local dir=$1 kind=$2 mirror suite
  shift 2
  mirror=$(debian_mirror)
  mkdir -p "$dir"/{lists/partial,cache/archives/partial}
  for suite in "$@"; do
    echo "$kind [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
  done > "$dir/sources.list"
  : > "$dir/status"
  apt=(apt-get -q -o "Dir::Etc::sourcelist=$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null
       -o "Dir::State::lists=$dir/lists" -o "Dir::Cache=$dir/cache" -o "Dir::State::status=$dir/status"
       -o APT::Sandbox::User=root)
  "${apt[@]}" update > "$dir/log" 2>&1 || { cat "$dir/log" >&2; die "apt can't read ${*} of $mirror"; }
}

# unpack_upstream SUITE PACKAGE DIR: the upstream tarball of a source package, unpacked as DIR. Only the
# tarball is asked for: a mirror may have dropped the packaging of a revision that its index still names.
unpack_upstream() {
  local suite=$1 package=$2 dir=$3 work
  work=$(mktemp -d)
  private_apt "$work" deb-src "$suite"
  (cd "$work" && "${apt[@]}" source --tar-only --download-only "$package/$suite") >> "$work/log" 2>&1 ||
    { cat "$work/log" >&2; die "the source of $package can't be had from $suite"; }
  mkdir -p "$dir"
  tar -xf "$work/$package"_*.orig.tar.* -C "$dir" --strip-components=1
  rm -rf "$work"
}
