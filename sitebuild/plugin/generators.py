"""A generator beside Pelican's own: topics, and what a site has beside its pages."""

from __future__ import annotations

from pelican.contents import Page
from pelican.generators import Generator
from pelican.writers import Writer

from sitebuild.plugin import files


class Topic(Page):
    """A topic: its address is that of TOPIC_URL."""

    default_template = "topic"


class TopicsGenerator(Generator):
    """Reads the topics and writes their pages, as PagesGenerator does with pages.

    It writes what is no page as well, as each generator costs time.
    """

    topics: list[Topic]

    def generate_context(self) -> None:
        """Read the files in TOPIC_PATHS."""
        self.topics = []
        for path in self.get_files(self.settings["TOPIC_PATHS"]):
            topic = self.readers.read_file(
                self.path, path, content_class=Topic, context=self.context
            )
            self.add_source_path(topic)
            self.topics.append(topic)
        self.topics.sort(key=lambda it: (it.document.fields.order, it.slug))
        shown = [topic for topic in self.topics if topic.status == "published"]
        self.context["topics"] = shown

    def generate_output(self, writer: Writer) -> None:
        """Write the pages of topics, then what stands beside the pages of the site."""
        for topic in self.context["topics"]:
            template = self.get_template(topic.template)
            writer.write_file(
                topic.save_as, template, self.context, page=topic, url=topic.url
            )
        files.write(self.context["BUILD"], writer, self.context)
