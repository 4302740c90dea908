#!/bin/sh
# A password, and an address with one in it, is a secret: NAME_FILE names the file that holds NAME, so
# that the description of a container shows none. Keys that a node reads from their files stay there.
# Then this becomes the command it is given.
set -eu
for name in $(env | sed -n 's/^\([A-Z0-9_]*\)_FILE=.*/\1/p'); do
  case $name in TOKEN_KEY | DATA_KEY) continue ;; esac
  eval "file=\$${name}_FILE"
  # In a line of its own, so that a file that is not there ends this.
  value=$(cat "$file")
  export "$name=$value"
  unset "${name}_FILE"
done
exec "$@"
