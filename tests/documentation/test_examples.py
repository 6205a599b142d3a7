"""How examples are read, and what counts as the output that a page shows."""

from __future__ import annotations

import pytest

from tests.documentation.examples import Command, File, Meanwhile, steps

PAGE = """
Text with `$ no command`.

```yaml
# a.yaml
kind: A
```

```yaml
kind: NoFile
```

```console
$ first --long \\
    option
one   two
$ second
```

<!-- meanwhile: it rains -->

```sh
$ third
```
"""


def test_steps_come_in_order() -> None:
    assert list(steps(PAGE)) == [
        File("a.yaml", "kind: A\n"),
        Command("first --long option", "one   two\n"),
        Command("second", ""),
        Meanwhile("it rains"),
    ]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("one  two\n", "one two\n\n", True),
        ("one ... four\n", "one two three four\n", True),
        ("one\n...\nfour\n", "one\ntwo\nthree\nfour\n", True),
        ("one\n...\n", "one\n", True),
        ("1.2\n", "1x2\n", False),
        ("one\n", "one\ntwo\n", False),
        ("one\n", "", False),
        ("one ... four\n", "one two\nfour\n", False),
        ("", "surprise\n", False),
    ],
)
def test_what_counts_as_the_same_output(shown: str, printed: str, same: bool) -> None:
    assert Command("any", shown).prints(printed) is same
