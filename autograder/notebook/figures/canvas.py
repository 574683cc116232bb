"""What all figures are drawn on: a canvas outside pyplot, shown at once as a sharp PNG with a text for screen readers.

Nothing stays open, nothing is shown twice, and a student's own pyplot figures are left alone.
"""

import io

import numpy as np
from IPython.display import Image, display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.ticker import MaxNLocator

# Okabe and Ito's palette: these three stay apart for colour-blind readers.
REAL = "#0072B2"
GENERATED = "#D55E00"
JUDGE = "#009E73"
QUIET = "#767676"


class Animation(Image):
    """A GIF that also shows where only HTML is understood, as on a feedback page."""

    def _repr_mimebundle_(self, include=None, exclude=None):
        data, metadata = super()._repr_mimebundle_(include, exclude)
        size = f' width="{self.width}" style="image-rendering: pixelated"' if self.width else ""
        html = f'<img alt="{self.alt}"{size} src="data:image/gif;base64,{data["image/gif"]}">'
        return data | {"text/html": html}, metadata


def array(values):
    return values.detach().cpu().numpy() if hasattr(values, "detach") else np.asarray(values)


def figure(width, height, title=None, rows=1, columns=1, sharex=False):
    fig = Figure(figsize=(width, height), dpi=90, layout="constrained", facecolor="white")
    FigureCanvasAgg(fig)
    if title:
        fig.suptitle(title, fontsize=12)
    return fig, fig.subplots(rows, columns, sharex=sharex)


def finish(ax, xlabel, ylabel, title=""):
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.set_title(title, fontsize=11)
    ax.spines[["top", "right"]].set_visible(False)
    if xlabel == "epoch":
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if ax.get_legend_handles_labels()[1]:
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False, borderaxespad=0.2)


def show(fig, alt):
    file = io.BytesIO()
    fig.savefig(file, format="png", dpi=180)  # twice the pixels, for sharp screens
    display(Image(file.getvalue(), format="png", width=round(90 * fig.get_figwidth()), alt=alt))


def box(ax, x, y, text, colour):
    ax.add_patch(
        FancyBboxPatch((x, y), 2.6, 1.6, boxstyle="round,pad=0,rounding_size=0.25", fc=colour, ec="none")
    )
    ax.text(x + 1.3, y + 0.8, text, color="white", ha="center", va="center", fontsize=11)


def arrow(ax, start, end, text="", at=(0, 0), colour="black", bend=0.0):
    look = {"arrowstyle": "-|>", "mutation_scale": 14, "color": colour, "linestyle": "--" if bend else "-"}
    ax.add_patch(FancyArrowPatch(start, end, connectionstyle=f"arc3,rad={bend}", **look))
    ax.text(*at, text, color=colour, ha="center", va="center", fontsize=10.5)


def gif(pictures, alt: str, milliseconds: int = 120, width: int | None = None) -> Animation:
    """An animation, in memory, of PIL pictures of one size, shown `width` wide; the last one stays for two seconds."""
    file, durations = io.BytesIO(), [milliseconds] * (len(pictures) - 1) + [2000]
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0)
    return Animation(file.getvalue(), format="gif", alt=alt, width=width)
