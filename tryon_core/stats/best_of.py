"""What the best of several draws is worth by luck alone."""

from ..errors import BadInput


def expected_best(draws: int) -> float:
    """The expected largest of so many independent standard normal numbers, by quadrature: 1.03, 1.42, 1.63, 1.77 for
    4, 8, 12, 16. In standard deviations above the mean: what random search gains on a score that it selects on.

    raises  BadInput for fewer than one
    """
    if draws < 1:
        raise BadInput(f"the best of {draws} draws is none; give at least 1")
    from scipy.integrate import quad
    from scipy.stats import norm

    def density(x: float) -> float:
        return x * draws * float(norm.pdf(x)) * float(norm.cdf(x)) ** (draws - 1)

    return float(quad(density, -12, 12, epsabs=1e-9, limit=200)[0])
