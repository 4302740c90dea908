#!/bin/sh
# An address with a password in it is a secret: NAME_URL_FILE names the file that holds NAME_URL, so
# that the description of a container shows none. Then this becomes the command it is given.
set -eu
for name in $(env | sed -n 's/^\([A-Z_]*_URLS\{0,1\}\)_FILE=.*/\1/p'); do
  eval "file=\$${name}_FILE"
  # In a line of its own, so that a file that is not there ends this.
  value=$(cat "$file")
  export "$name=$value"
  unset "${name}_FILE"
done
exec "$@"
