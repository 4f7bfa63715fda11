"""A page of the workbench as a methodologist meets it, run in this process over a study folder."""

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from pipelines.workbench.launch import APP


class Seen:
    """What a reader of one page run meets."""

    def __init__(self, app: AppTest) -> None:
        self.app = app
        self.tables = {frame.proto.alt: frame.value for frame in app.dataframe}
        self.text = "\n".join(each.value for kind in (app.text, app.warning, app.info, app.caption) for each in kind)
        drawings = [each.proto for each in app.get("image")]
        self.n_drawings = len(drawings)
        shown = [frame.value.to_csv() for frame in app.dataframe] + [each.value for each in app.code]
        self.everything = "\n".join([self.text, *shown, *map(str, drawings)])


def open_page(page: str, **query: str) -> Seen:
    """Open a page by its title, with query parameters."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.query_params.update(query)
    app._page_hash = calc_hash("" if page == "Fieldwork" else page.lower().replace(" ", "-"))
    app.run()
    assert not app.exception, [error.message for error in app.exception]
    return Seen(app)
