"""`python -m convolens` is `convolens`."""

from convolens.cli import main

if __name__ == "__main__":
    main()
