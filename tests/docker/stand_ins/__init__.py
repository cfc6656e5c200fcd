"""Images built from Debian's and PyPI's packages where no registry answers."""
