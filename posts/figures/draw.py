"""Draw the figures of the sample posts: ``pip install -e .[figures]``, then run this file.

The labels need the font Noto Sans CJK SC. The same matplotlib gives the same bytes each time.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

HERE = Path(__file__).parent
BLUE, BROWN, GREEN, GREY = "#1f4e79", "#9c4a1a", "#2f6b4f", "#8b8b8b"
WIDTH = 5.4
"""Inches: 1,404 px at the resolution below."""

plt.rcParams.update(
    {
        "font.family": ["Noto Sans CJK SC", "DejaVu Sans"],
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.7,
        "figure.constrained_layout.use": True,
        "legend.frameon": False,
        "mathtext.fontset": "cm",
        "svg.fonttype": "path",
        "svg.hashsalt": "kexue-book",
    }
)


def save(name: str) -> None:
    """Write the current figure without the time of day, so that it is the same every time."""
    metadata = {"Date": None} if name.endswith(".svg") else {"Software": None}
    plt.savefig(HERE / name, dpi=260, metadata=metadata)
    plt.close()


def softmax_temperature() -> None:
    scores = np.array([3.0, 2.0, 1.0, 0.0])
    _, axes = plt.subplots(1, 3, figsize=(WIDTH, 1.9), sharey=True)
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
    angle = np.linspace(0, 2 * np.pi, 400)
    circle = np.array([np.cos(angle), np.sin(angle)])
    square = np.array([[1, 1, -1, -1, 1], [1, -1, -1, 1, 1]])
    inverse = np.linalg.inv([[1.0, -0.55], [-0.55, 0.8]])
    roots, vectors = np.linalg.eigh(inverse)
    ellipse = vectors @ np.diag(np.sqrt(roots)) @ circle
    mahalanobis = inverse @ gradient / np.sqrt(gradient @ inverse @ gradient)
    steps = (gradient / np.linalg.norm(gradient), np.sign(gradient), mahalanobis)
    _, axes = plt.subplots(1, 3, figsize=(WIDTH, 2.1))
    for axis, ball, step, title in zip(
        axes, (circle, square, ellipse), steps, ("欧几里得", "最大值", "马氏"), strict=True
    ):
        axis.plot(*ball, color=GREY, linewidth=1)
        across = np.array([-gradient[1], gradient[0]]) * 1.15
        axis.plot(*np.array([-step - across, -step + across]).T, color=BROWN, lw=0.7, ls="--")
        arrow(axis, gradient, BROWN)
        arrow(axis, -step, BLUE)
        axis.text(*(gradient * 1.1), r"$g$", color=BROWN)
        axis.text(*(-step * 0.45 + (0.1, -0.32)), r"$\Delta\theta^*$", color=BLUE, fontsize=9)
        axis.set_title(title, fontsize=10)
        axis.set_aspect("equal")
        axis.set_xlim(-1.8, 1.6)
        axis.set_ylim(-1.85, 1.55)
        axis.axis("off")
    save("unit-balls.png")


def arrow(axis: Axes, end: np.ndarray, color: str) -> None:
    style = {"arrowstyle": "-|>", "color": color, "lw": 1.4, "shrinkA": 0, "shrinkB": 0}
    axis.annotate("", end, (0, 0), arrowprops=style)


def narrow_valley() -> None:
    kappa, point = 20.0, np.array([9.0, 1.2])
    rate = 2 / (1 + kappa) * 0.98
    path = [point]
    for _ in range(40):
        point = point - rate * np.array([1.0, kappa]) * point
        path.append(point)
    x, y = np.meshgrid(np.linspace(-1.5, 10, 300), np.linspace(-1.7, 1.7, 200))
    height = (x**2 + kappa * y**2) / 2
    plt.figure(figsize=(WIDTH, 2.1))
    plt.contour(x, y, height, levels=np.geomspace(0.3, 45, 9), colors=GREY, linewidths=0.6)
    plt.plot(*np.array(path).T, "o-", color=BLUE, markersize=2.6, linewidth=1)
    plt.plot(0, 0, "*", color=BROWN, markersize=9)
    plt.xlabel(r"$\theta_1$")
    plt.ylabel(r"$\theta_2$")
    save("narrow-valley.png")


def free_energy() -> None:
    x = np.linspace(-3.2, 3.6, 2000)
    narrow = 18 * (x - 1.7) ** 2
    wide = 0.9 * (x + 1.1) ** 2 + 0.35
    loss = -np.log(np.exp(-4 * narrow) + np.exp(-4 * wide)) / 4
    _, axes = plt.subplots(1, 3, figsize=(WIDTH, 1.9), sharex=True)
    axes[0].plot(x, loss, color=GREY)
    axes[0].set_title("损失 $f$", fontsize=10)
    axes[0].set_ylim(-0.3, 5)
    for axis, tau, color in zip(axes[1:], (0.05, 0.6), (BLUE, BROWN), strict=True):
        density = np.exp(-loss / tau)
        density /= density.sum() * (x[1] - x[0])
        axis.fill_between(x, density, color=color, alpha=0.3, linewidth=0)
        axis.plot(x, density, color=color)
        axis.set_title(rf"$\tau={tau}$ 时的 $p_\infty$", fontsize=10)
        axis.set_ylim(0, None)
    for axis in axes:
        axis.set_yticks([])
        axis.set_xticks([])
    save("free-energy.png")


def adam_bias() -> None:
    steps = np.unique(np.geomspace(1, 10000, 200).round())
    _, axis = plt.subplots(figsize=(WIDTH, 2.3))
    for first, color in ((0.9, BLUE), (0.99, GREEN), (0.999, BROWN)):
        ratio = (1 - first**steps) / np.sqrt(1 - 0.999**steps)
        axis.plot(steps, ratio, color=color, label=rf"$\beta_1={first}$")
    axis.axhline(1, color=GREY, linewidth=0.7, linestyle="--")
    axis.set_xscale("log")
    axis.set_xlabel("步数 $t$")
    axis.set_ylabel(r"步长之比 $r_t$")
    axis.set_ylim(0, 7)
    axis.legend()
    save("adam-bias.png")


def pendulum() -> None:
    angles = np.linspace(0, 175, 200)
    ratios = [1 / agm(1, float(np.cos(np.radians(angle) / 2))) for angle in angles]
    plt.figure(figsize=(5.0, 2.2))
    plt.plot(angles, ratios, color=BLUE)
    plt.axhline(1, color=GREY, linewidth=0.7, linestyle="--")
    plt.plot([90], [1 / agm(1, float(np.cos(np.pi / 4)))], "o", color=BROWN, markersize=4)
    plt.text(93, 1.04, "90°：1.180", color=BROWN)
    plt.xticks(range(0, 181, 30), [f"{angle}°" for angle in range(0, 181, 30)])
    plt.xlabel("振幅")
    plt.ylabel("周期之比")
    save("pendulum.svg")


def agm(a: float, b: float) -> float:
    while abs(a - b) > 1e-14:
        a, b = (a + b) / 2, float(np.sqrt(a * b))
    return a


def isotherms() -> None:
    volume = np.linspace(0.45, 4, 1200)
    _, axis = plt.subplots(figsize=(WIDTH, 2.7))
    for warmth, color in ((1.1, BROWN), (1.0, GREEN), (0.9, BLUE)):
        pressure = 8 * warmth / (3 * volume - 1) - 3 / volume**2
        axis.plot(volume, pressure, color=color, label=rf"$\tilde T={warmth}$")
    level, liquid, gas = maxwell(0.9)
    inside = (volume > liquid) & (volume < gas)
    axis.fill_between(volume[inside], pressure[inside], level, color=BLUE, alpha=0.2, linewidth=0)
    axis.plot([liquid, gas], [level, level], color=BLUE, linestyle="--", linewidth=1)
    axis.plot(1, 1, "o", color=GREEN, markersize=4)
    axis.text(1.02, 1.08, "临界点", color=GREEN, fontsize=9)
    axis.set_xlim(0.4, 4)
    axis.set_ylim(0.3, 1.9)
    axis.legend()
    axis.set_xlabel(r"$\tilde V$")
    axis.set_ylabel(r"$\tilde p$")
    save("isotherms.png")


def maxwell(warmth: float) -> tuple[float, float, float]:
    """Return pressure, volume of the liquid and of the gas, by bisection for equal areas."""

    def work(volume: float, level: float) -> float:
        return 8 * warmth / 3 * np.log(3 * volume - 1) + 3 / volume - level * volume

    low, high = 0.45, 0.72
    while True:
        level = (low + high) / 2
        cubic = [3 * level, -(level + 8 * warmth), 9, -3]
        liquid, _, gas = sorted(np.roots(cubic).real)
        if high - low < 1e-12:
            return level, liquid, gas
        area = work(gas, level) - work(liquid, level)
        low, high = (level, high) if area > 0 else (low, level)


def kepler() -> None:
    _, axes = plt.subplots(1, 2, figsize=(WIDTH, 2.4), width_ratios=(1, 1.05))
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


def tide() -> None:
    _, axis = plt.subplots(figsize=(5.0, 2.3))
    angle = np.linspace(0, 2 * np.pi, 400)
    axis.plot(np.cos(angle), np.sin(angle), color=GREY, linewidth=0.9)
    bulge = 1 + 0.14 * (3 * np.cos(angle) ** 2 - 1)
    axis.plot(bulge * np.cos(angle), bulge * np.sin(angle), color=GREEN, linewidth=0.9, ls="--")
    theta = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    x, y = np.cos(theta), np.sin(theta)
    axis.quiver(x, y, 2 * x, -y, color=BLUE, angles="xy", scale_units="xy", scale=3.2, width=0.006)
    axis.annotate("", (4.3, 0), (2.4, 0), arrowprops={"arrowstyle": "-|>", "color": BROWN})
    axis.text(2.85, 0.16, "月球方向", color=BROWN)
    axis.plot(0, 0, "o", color=GREY, markersize=3)
    axis.set_aspect("equal")
    axis.set_xlim(-1.9, 4.4)
    axis.set_ylim(-1.3, 1.3)
    axis.axis("off")
    save("tide.svg")


if __name__ == "__main__":
    for draw in (softmax_temperature, unit_balls, narrow_valley, free_energy, adam_bias):
        draw()
    for draw in (pendulum, isotherms, kepler, tide):
        draw()
