#!/bin/sh
# Debian 13's Postfix beside this machine's own:
#
#   debian13.sh FOLDER    an absolute path; everybody may enter its parents, and it stays where it is
#
# Its packages and the libraries that they need are fetched through an apt configuration of their own and
# unpacked, not installed, so this machine's packages stay as they are. Each program is told to use the
# libraries beside it; no chroot and no mount is needed. Needs root, apt, patchelf and Debian's keyring.
set -eu

[ $# -eq 1 ] || { echo "usage: debian13.sh FOLDER" >&2; exit 2; }
F=$1
R=$F/root
umask 022
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# complete: unpacked and patched to the end, and it runs.
complete() { [ "$("$R/usr/sbin/postconf" -d -h mail_version 2>/dev/null)" ]; }

fetch() {
  mkdir -p "$F/apt/lists/partial" "$F/apt/archives/partial"
  : >"$F/apt/status" # as if nothing were installed: all that Postfix needs is fetched
  echo "deb [signed-by=$keyring] http://deb.debian.org/debian trixie main" >"$F/apt/sources.list"
  cat >"$F/apt/apt.conf" <<A
Dir::Etc::SourceList "$F/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "$F/apt/lists";
Dir::State::Status "$F/apt/status";
Dir::Cache "$F/apt";
Acquire::Languages "none";
A
  export APT_CONFIG="$F/apt/apt.conf"
  apt-get update
  apt-get install -y --download-only --no-install-recommends postfix
}

# patch FILES: programs and libraries of Postfix start with, and find, the libraries unpacked beside them.
patch() {
  for file; do
    case $(head -c 4 "$file" | tr -d '\177') in ELF) ;; *) continue ;; esac # some are scripts
    case $file in *.so) ;; *) patchelf --set-interpreter "$loader" "$file" ;; esac
    patchelf --force-rpath --set-rpath "$R/usr/lib/postfix:$(dirname "$loader")" "$file"
  done
}

complete && exit
rm -rf "$F"
(fetch)
mkdir "$R"
for package in "$F"/apt/archives/postfix_*.deb "$F"/apt/archives/lib*.deb; do
  dpkg-deb -x "$package" "$R"
done
chmod -R ug-s "$R" # the lab runs as root and needs nobody's rights
rm -r "$F/apt"
# Its place differs between architectures; the links to it lead out of the folder.
loader=$(find "$R/usr/lib" -path '*-linux-gnu*/ld-linux*' -type f)
# The last one patched is the one that says that all is done.
patch "$R"/usr/lib/postfix/*.so "$R"/usr/lib/postfix/sbin/*
patch "$R"/usr/sbin/post[!c]* "$R/usr/sbin/sendmail" "$R/usr/sbin/postconf"
complete || { echo "Debian 13's Postfix does not run from $R" >&2; exit 1; }
