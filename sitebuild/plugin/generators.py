"""Generators beside Pelican's own: topics, and what a site has beside its pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pelican.contents import Page
from pelican.generators import Generator
from pelican.writers import Writer

from sitebuild.build import Build, files
from sitebuild.plugin.writer import SiteTemplate


class Topic(Page):
    """A topic: its address is that of TOPIC_URL and TOPIC_SAVE_AS."""

    default_template = "topic"


class TopicsGenerator(Generator):
    """Reads the topics and writes their pages, as PagesGenerator does with pages."""

    topics: list[Topic]

    def generate_context(self) -> None:
        """Read the files in TOPIC_PATHS."""
        found = []
        for path in self.get_files(self.settings["TOPIC_PATHS"]):
            topic = self.readers.read_file(
                base_path=self.path,
                path=path,
                content_class=Topic,
                context=self.context,
            )
            self.add_source_path(topic)
            found.append(topic)
        self.topics = sorted(found, key=_menu_order)
        shown = [topic for topic in self.topics if topic.status == "published"]
        self.context["topics"] = shown

    def generate_output(self, writer: Writer) -> None:
        """Write the pages of topics."""
        for topic in self.context["topics"]:
            template = self.get_template(topic.template)
            writer.write_file(
                topic.save_as, template, self.context, page=topic, url=topic.url
            )


def _menu_order(topic: Topic) -> tuple[int, str]:
    return topic.document.fields.order, topic.slug


class MachineFilesGenerator(Generator):
    """Writes what is no page: feeds, sitemap, icons, cards, the search index."""

    def generate_output(self, writer: Writer) -> None:
        """Write them; a card is a picture of what a template makes."""
        build: Build = self.context["BUILD"]
        for file in files.machine_files(build):
            template = SiteTemplate(build, file.template)
            writer.write_file(file.path, template, self.context, **file.shown)
        for path, data in files.other_files(build, self._draw):
            if build.claim(path, "the build"):
                build.files[path] = data

    def _draw(self, path: str, name: str, shown: Mapping[str, Any]) -> str:
        template = SiteTemplate(self.context["BUILD"], name)
        return template.render({**self.context, "output_file": path, **shown})
