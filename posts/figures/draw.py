"""Draw the figures of the sample posts: ``pip install -e .[figures]``, then run this file."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

HERE = Path(__file__).parent
BLUE, BROWN, GREEN, GREY = "#1f4e79", "#9c4a1a", "#2f6b4f", "#8b8b8b"

plt.rcParams.update(
    {
        "font.family": ["Noto Sans CJK SC", "DejaVu Sans"],
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.7,
        "mathtext.fontset": "cm",
        "svg.fonttype": "path",
        "svg.hashsalt": "kexue-book",
    }
)


def save(name: str) -> None:
    """Write the current figure without the time of day, so that it is the same every time."""
    metadata = {"Date": None} if name.endswith(".svg") else {"Software": None}
    plt.savefig(HERE / name, dpi=260, bbox_inches="tight", pad_inches=0.05, metadata=metadata)
    plt.close()


def softmax_temperature() -> None:
    scores = np.array([3.0, 2.0, 1.0, 0.0])
    _, axes = plt.subplots(1, 3, figsize=(5.4, 1.9), sharey=True)
    for axis, tau, color in zip(axes, (0.5, 1, 4), (BROWN, BLUE, GREEN), strict=True):
        weights = np.exp(scores / tau)
        axis.bar(range(4), weights / weights.sum(), color=color, width=0.62)
        axis.set_xticks(range(4), [f"$s={s:.0f}$" for s in scores], fontsize=8)
        axis.set_title(rf"$\tau={tau}$", fontsize=11)
        axis.set_ylim(0, 1)
    axes[0].set_ylabel("概率")
    save("softmax-temperature.png")


def unit_balls() -> None:
    gradient = np.array([0.9, 0.45])
    _, axes = plt.subplots(1, 3, figsize=(5.4, 1.95))
    angle = np.linspace(0, 2 * np.pi, 400)
    circle = np.array([np.cos(angle), np.sin(angle)])
    matrix = np.array([[1.0, -0.55], [-0.55, 0.8]])
    inverse = np.linalg.inv(matrix)
    roots, vectors = np.linalg.eigh(inverse)
    ellipse = vectors @ np.diag(np.sqrt(roots)) @ circle
    square = np.array([[1, 1, -1, -1, 1], [1, -1, -1, 1, 1]])
    mahalanobis = inverse @ gradient / np.sqrt(gradient @ inverse @ gradient)
    steps = (gradient / np.linalg.norm(gradient), np.sign(gradient), mahalanobis)
    for axis, ball, step, title in zip(
        axes, (circle, square, ellipse), steps, ("欧几里得", "最大值", "马氏"), strict=True
    ):
        axis.plot(*ball, color=GREY, linewidth=1)
        axis.annotate("", -step, (0, 0), arrowprops={"arrowstyle": "-|>", "color": BLUE, "lw": 1.6})
        axis.annotate(
            "", gradient, (0, 0), arrowprops={"arrowstyle": "-|>", "color": BROWN, "lw": 1.2}
        )
        axis.text(*(gradient * 1.12), r"$\mathbf{g}$", color=BROWN)
        axis.plot(*(-step), "o", color=BLUE, markersize=3.5)
        axis.set_title(title, fontsize=10)
        axis.set_aspect("equal")
        axis.set_xlim(-1.75, 1.75)
        axis.set_ylim(-1.75, 1.75)
        axis.axis("off")
    save("unit-balls.png")


def narrow_valley() -> None:
    kappa, point = 20.0, np.array([9.0, 1.2])
    rate = 2 / (1 + kappa) * 0.98
    path = [point]
    for _ in range(40):
        point = point - rate * np.array([1.0, kappa]) * point
        path.append(point)
    x, y = np.meshgrid(np.linspace(-1.5, 10, 300), np.linspace(-1.7, 1.7, 200))
    plt.figure(figsize=(5.4, 2.0))
    plt.contour(
        x,
        y,
        (x**2 + kappa * y**2) / 2,
        levels=np.geomspace(0.3, 45, 9),
        colors=GREY,
        linewidths=0.6,
    )
    plt.plot(*np.array(path).T, "o-", color=BLUE, markersize=2.6, linewidth=1)
    plt.plot(0, 0, "*", color=BROWN, markersize=9)
    plt.xlabel(r"$\theta_1$")
    plt.ylabel(r"$\theta_2$")
    save("narrow-valley.png")


def agm(a: float, b: float) -> float:
    while abs(a - b) > 1e-14:
        a, b = (a + b) / 2, float(np.sqrt(a * b))
    return a


def pendulum() -> None:
    angles = np.linspace(0, 175, 200)
    ratios = [1 / agm(1, float(np.cos(np.radians(angle) / 2))) for angle in angles]
    plt.figure(figsize=(5.0, 2.2))
    plt.plot(angles, ratios, color=BLUE)
    plt.axhline(1, color=GREY, linewidth=0.7, linestyle="--")
    plt.plot([90], [1 / agm(1, float(np.cos(np.pi / 4)))], "o", color=BROWN, markersize=4)
    plt.text(93, 1.08, "90°：1.180", color=BROWN)
    plt.xticks(range(0, 181, 30), [f"{angle}°" for angle in range(0, 181, 30)])
    plt.xlabel("振幅")
    plt.ylabel("周期之比")
    save("pendulum.svg")


def kepler() -> None:
    _, axes = plt.subplots(1, 2, figsize=(5.4, 2.3))
    for axis, e in zip(axes, (0.2056, 0.75), strict=True):
        angle = np.linspace(0, 2 * np.pi, 400)
        b = np.sqrt(1 - e * e)
        axis.plot(np.cos(angle) - e, b * np.sin(angle), color=GREY, linewidth=0.8)
        for mean in np.linspace(0, 2 * np.pi, 24, endpoint=False):
            anomaly = np.pi
            for _ in range(50):
                anomaly -= (anomaly - e * np.sin(anomaly) - mean) / (1 - e * np.cos(anomaly))
            axis.plot(np.cos(anomaly) - e, b * np.sin(anomaly), "o", color=BLUE, markersize=3)
        axis.plot(0, 0, "o", color=BROWN, markersize=7)
        axis.set_title(rf"$e={e}$", fontsize=10)
        axis.set_aspect("equal")
        axis.axis("off")
    save("kepler.png")


if __name__ == "__main__":
    for draw in (softmax_temperature, unit_balls, narrow_valley, pendulum, kepler):
        draw()
