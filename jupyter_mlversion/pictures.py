"""What can be logged besides numbers; everything is imported when it is called."""

from __future__ import annotations

from typing import Any


def log_confusion(
    true: Any, predicted: Any, *, name: str = "confusion", labels: Any = None, step: int | None = None
) -> None:
    """Log how often which class was taken for which, as a figure.

    Parameters
    ----------
    true, predicted : the class of each row of the data, in the same order.
    labels : the classes in the order wanted; None: all that occur, sorted.

    Raises
    ------
    UsageError : lengths differ, nothing is given, a class is not among `labels`, there are more than 200.
    """
    from jupyter_mlversion.figures import confusion_figure

    log_figure(name, confusion_figure(name, true, predicted, labels), step=step)


def log_figure(name: str, figure: Any, *, step: int | None = None) -> None:
    """Log a figure of Plotly (or the dictionary that describes one) or matplotlib; it becomes part of the version.

    Raises
    ------
    UsageError : it is none of these.
    """
    from jupyter_mlversion.tracking import figure_item, recorder

    recorder().add_item(figure_item(name, figure, step))


def log_image(name: str, image: Any, *, step: int | None = None) -> None:
    """Log a picture.

    Parameters
    ----------
    image : of Pillow; an array (height, width) or (height, width, 1, 3 or 4), 0 to 255 or fractions; bytes or a path.

    Raises
    ------
    UsageError : it is none of these.
    """
    from jupyter_mlversion.tracking import image_item, recorder

    recorder().add_item(image_item(name, image, step))


def log_pr(true: Any, scores: Any, *, name: str = "pr", labels: Any = None, step: int | None = None) -> None:
    """Log precision over recall as a figure, and the average precision of each class as a metric.

    Parameters and errors as `log_roc`.
    """
    from jupyter_mlversion.figures import pr_curves, pr_figure
    from jupyter_mlversion.tracking import recorder

    curves = pr_curves(name, true, scores, labels)
    log_figure(name, pr_figure(name, curves), step=step)
    one = len(curves) == 1
    means = {f"{name}/ap" if one else f"{name}/ap/{of}": average for of, (_, _, average) in curves.items()}
    recorder().log(means, step=step)


def log_roc(true: Any, scores: Any, *, name: str = "roc", labels: Any = None, step: int | None = None) -> None:
    """Log receiver operating characteristics as a figure, and the area under each curve as a metric.

    Parameters
    ----------
    true : the class of each row of the data.
    scores : one a class and row, as ``predict_proba`` gives them; for two classes one a row, of the second, is enough.
    labels : the classes in the order of the scores; None: those that occur, sorted.

    Raises
    ------
    UsageError : lengths differ, a score is not finite, there is one class only.
    """
    from jupyter_mlversion.figures import roc_curves, roc_figure
    from jupyter_mlversion.tracking import recorder

    curves = roc_curves(name, true, scores, labels)
    log_figure(name, roc_figure(name, curves), step=step)
    one = len(curves) == 1
    areas = {f"{name}/auc" if one else f"{name}/auc/{of}": area for of, (_, _, area) in curves.items()}
    recorder().log(areas, step=step)


def log_table(name: str, table: Any, *, step: int | None = None) -> None:
    """Log a table of up to 1,000,000 cells.

    Parameters
    ----------
    table : a data frame (pandas, Polars, PyArrow), a dictionary of columns, or a list of dictionaries.

    Raises
    ------
    UsageError : it is none of these, columns have unequal lengths, or it is too large.
    """
    from jupyter_mlversion.tracking import recorder, table_item

    recorder().add_item(table_item(name, table, step))


def log_text(name: str, text: str, *, step: int | None = None) -> None:
    """Log a text: a report, a generated sample."""
    from jupyter_mlversion.tracking import recorder, text_item

    recorder().add_item(text_item(name, text, step))
