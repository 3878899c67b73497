"""`python -m deploy.load.sample FOLDER`: what `make run` runs, sample shop and all, in FOLDER."""

from .serve import serve

if __name__ == "__main__":
    serve(sample_shop=True)
