#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the autograder's image. It installs Rust, and builds the course and
# the grader, so that a submission takes seconds. Its output is the build log, which only instructors see.
set -euo pipefail
export HOME=/root PATH="/root/.cargo/bin:$PATH" DEBIAN_FRONTEND=noninteractive

source=/autograder/source
course=/autograder/course
private=/autograder/private

# Running it again, for example in a shell that Gradescope opens, continues with what is there.
if [ -d "$source/course" ]; then
    rm -rf "$course"
    mv "$source/course" "$course"
fi

# Submitted code runs as root without root's powers. So it cannot read what belongs to another user, not even on a kernel
# that has no Landlock to confine it. The user needs no name.
other_user=65533
install -d -m 700 "$private"
for file in grade-seed grading.toml; do
    [ ! -f "$source/$file" ] || mv "$source/$file" "$private/$file"
done
chown -R "$other_user" "$private" "$course/solutions"
chmod -R go= "$private" "$course/solutions"

# Rust needs a linker.
if ! command -v cc >/dev/null || ! command -v curl >/dev/null; then
    apt-get update
    apt-get install --yes --no-install-recommends ca-certificates curl gcc libc6-dev
fi

# The course says which Rust it needs at least. Ubuntu's own is usually older.
least=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$course/Cargo.toml")
is_new_enough() {
    command -v cargo >/dev/null || return 1
    local found
    found=$(cd / && rustc --version | cut -d' ' -f2)
    [ "$(printf '%s\n' "$least" "$found" | sort --version-sort | head -n 1)" = "$least" ]
}
if ! is_new_enough; then
    curl --proto '=https' --tlsv1.2 --silent --show-error --fail --retry 5 https://sh.rustup.rs |
        sh -s -- -y --profile minimal --default-toolchain stable --no-modify-path
fi
cargo --version

# Grading the stubs builds all that does not depend on a submission. The last lines say what this system cannot confine.
cd "$course"
GRADE_SEED="$(cat "$private/grade-seed")" cargo xtask grade --out "$private/grades"
