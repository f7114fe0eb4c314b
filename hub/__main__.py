"""What `unionhub` starts: the command, or a sentence on what is missing for it."""

import sys


def main() -> None:
    """Run `hub.cli`, which needs what the extra `hub` installs; a union's own system has `federation` alone."""
    try:
        from hub.cli import main as command  # noqa: PLC0415 - what is missing is to be told
    except ModuleNotFoundError as missing:
        if missing.name is not None and missing.name.split(".")[0] == "hub":
            raise
        sys.exit(
            f"unionhub: {missing.name} is not installed. Install the hub with its extra: pip install 'unionhub[hub]'"
        )
    command()


if __name__ == "__main__":
    main()
