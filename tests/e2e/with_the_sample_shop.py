"""`python -m tests.e2e.with_the_sample_shop FOLDER`: what `make run` runs, in its own folder."""

from deploy.load.serve import serve

if __name__ == "__main__":
    serve(sample_shop=True)
