# SPDX-License-Identifier: EUPL-1.2
"""A page that the programs make, as tests read it."""

import html.parser


class Text(html.parser.HTMLParser):
    """The words of a page; every element must be closed in its order."""

    def __init__(self, page):
        super().__init__()
        self.open, self.words = [], []
        self.feed(page)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        if tag not in ('meta', 'br'):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.words.append(data)
