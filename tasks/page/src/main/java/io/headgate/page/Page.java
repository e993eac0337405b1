package io.headgate.page;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * One HTML page: a single file that needs nothing else, on a phone and a desk, light and dark, on
 * paper. Everything in it is text and is escaped when written; a content security policy in the
 * file lets nothing else run or load.
 */
public record Page(Header header, List<Section> sections, String footer) {
  /**
   * The top of the page.
   *
   * @param eyebrow small, above the title, such as {@code quality report}
   * @param title also the title of the browser's tab
   * @param verdict how it ended; colours the tab's icon too
   * @param about a line below the title
   */
  public record Header(String eyebrow, String title, Span.Badge verdict, Span about) {}

  /**
   * A stretch of the page.
   *
   * @param id target of {@code #id} links: letters, digits, {@code - _ .}; others are replaced
   * @param title may be empty
   */
  public record Section(String id, String title, List<Block> blocks) {
    public Section {
      blocks = List.copyOf(blocks);
    }

    public static Section of(String title, Block... blocks) {
      return new Section(title, title, List.of(blocks));
    }
  }

  public Page {
    sections = List.copyOf(sections);
  }

  /** The address of a section or bar by its id, as {@link Section} makes it. */
  public static String anchor(String id) {
    return "#" + Writer.id(id);
  }

  /** The whole file. */
  public String html() {
    return new Writer().page(this);
  }

  /** Writes the file at once: a reader sees the old one or the new one. */
  public void write(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException("no folder to write to: " + file);
    }
    Files.createDirectories(directory);
    Path temporary =
        directory.resolve(".page-" + ProcessHandle.current().pid() + "-" + file.getFileName());
    try {
      Files.write(temporary, html().getBytes(StandardCharsets.UTF_8));
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
