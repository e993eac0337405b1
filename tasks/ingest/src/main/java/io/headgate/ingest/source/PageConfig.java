package io.headgate.ingest.source;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.Optional;

/** How the pages of an HTTP API follow each other. */
@Description("How the pages of an HTTP API follow each other.")
public record PageConfig(
    @Description(
            "link: the Link header (RFC 8288); cursor: a token in the page; number: 1, 2, 3;"
                + " offset: 0, 100, 200.")
        Kind kind,
    @Description(value = "The parameter that takes token, number or offset.", example = "page")
        Optional<String> parameter,
    @Description(
            value =
                "Where the token of the next page stands in the JSON; for link, an address in"
                    + " the JSON instead of the header.",
            example = "meta.next_cursor")
        Optional<String> next,
    @Description(value = "How many records a page is to have.", example = "100")
        Optional<Integer> size,
    @Description(value = "The parameter that takes the size.", example = "per_page")
        Optional<String> sizeParameter,
    @Default("1") @Description("The number of the first page.") int first) {
  /** How the next page is found. */
  public enum Kind {
    LINK,
    CURSOR,
    NUMBER,
    OFFSET
  }
}
