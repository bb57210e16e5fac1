"""`python -m delivrd` is `delivrd`."""

from delivrd.cli import main

if __name__ == "__main__":
    main()
