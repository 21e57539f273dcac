# shellcheck shell=sh
# Sourced by the scripts beside it: finds the JDK and Maven that a build needs, or says what is missing.

# Sets JAVA to the java command of a JDK 17 or newer.
need_jdk() {
  if [ -n "${JAVA_HOME:-}" ]; then
    JAVA=$JAVA_HOME/bin/java
    javac=$JAVA_HOME/bin/javac
    where="JAVA_HOME, which is $JAVA_HOME"
  else
    JAVA=$(command -v java || :)
    javac=$(command -v javac || :)
    where="the path"
  fi
  if [ -z "$JAVA" ] || [ ! -x "$JAVA" ] || [ -z "$javac" ] || [ ! -x "$javac" ]; then
    refuse "Diskmap needs a JDK 17 or newer, and there is none on $where. Install one (on Debian: openjdk-17-jdk-headless) or set JAVA_HOME to it."
  fi
  major=$("$JAVA" -version 2>&1 | sed -n 's/.* version "\([0-9][0-9]*\).*/\1/p' | head -n 1)
  if [ "${major:-0}" -lt 17 ]; then
    refuse "Diskmap needs a JDK 17 or newer, and $JAVA is of version ${major:-unknown}. Install a newer one or set JAVA_HOME to it."
  fi
}

# Makes sure that mvn is Maven 3.8 or newer.
need_maven() {
  if ! command -v mvn >/dev/null; then
    refuse "Diskmap is built with Maven 3.8 or newer, and there is no mvn on the path. Install it (on Debian: maven)."
  fi
  version=$(mvn -version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9][0-9]*\)\.\([0-9][0-9]*\).*/\1 \2/p' | head -n 1)
  maven_major=${version% *}
  maven_minor=${version#* }
  if [ "${maven_major:-0}" -lt 3 ] || { [ "$maven_major" -eq 3 ] && [ "$maven_minor" -lt 8 ]; }; then
    refuse "Diskmap is built with Maven 3.8 or newer, and mvn on the path is of version ${version:-unknown}. Install a newer one."
  fi
}

refuse() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}
