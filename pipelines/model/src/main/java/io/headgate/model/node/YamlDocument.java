package io.headgate.model.node;

import io.headgate.api.Location;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Builds the tree of one document from the parser's events, so that depth, aliases and duplicate
 * keys are bounded here and no text can make it recurse or grow without end.
 */
final class YamlDocument {
  private static final int DEEPEST = 50;
  private static final int MOST_NODES = 100_000;

  private final String text;
  private final String file;
  private final ProblemList problems;
  private final Map<String, Node> anchors = new HashMap<>();
  private Iterator<Event> events = List.<Event>of().iterator();
  private int nodes;

  YamlDocument(String text, String file, ProblemList problems) {
    this.text = text;
    this.file = file;
    this.problems = problems;
  }

  Optional<Node> read() {
    int before = problems.size();
    try {
      Optional<Node> root = document();
      return problems.size() == before ? root : Optional.empty();
    } catch (Refused e) {
      problems.report(e.location, "", e.what, e.remedy);
    } catch (MarkedYamlEngineException e) {
      malformed(e);
    } catch (ReaderException e) {
      problems.report(
          at(e.getPosition()),
          "",
          "the character U+%04X is not allowed".formatted(e.getCodePoint()),
          "remove it");
    } catch (YamlEngineException e) {
      problems.report(start(), "", firstLine(String.valueOf(e.getMessage())), "");
    }
    return Optional.empty();
  }

  private Optional<Node> document() {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file).setCodePointLimit(Integer.MAX_VALUE).build();
    events = new Parse(settings).parseString(text).iterator();
    events.next();
    Event first = events.next();
    if (first.getEventId() == Event.ID.StreamEnd) {
      problems.report(start(), "", "the file is empty", "");
      return Optional.empty();
    }
    Node root = node(events.next(), 0);
    events.next();
    Event next = events.next();
    if (next.getEventId() != Event.ID.StreamEnd) {
      throw new Refused(location(next), "a second document in the file", "keep one in each file");
    }
    return Optional.of(root);
  }

  private Node node(Event event, int depth) {
    if (depth > DEEPEST) {
      throw new Refused(location(event), "nested deeper than " + DEEPEST + " levels", "");
    }
    if (event instanceof AliasEvent alias) {
      Node target = anchors.get(alias.getAlias().getValue());
      if (target == null) {
        throw new Refused(
            location(event), "no anchor &" + alias.getAlias().getValue() + " stands above", "");
      }
      count(target.size(), event);
      return target;
    }
    count(1, event);
    if (!(event instanceof NodeEvent start)) {
      throw new IllegalStateException("unexpected " + event.getEventId());
    }
    Node node =
        switch (start) {
          case ScalarEvent scalar -> scalar(scalar);
          case CollectionStartEvent collection when event.getEventId() == Event.ID.SequenceStart ->
              sequence(collection, depth);
          case CollectionStartEvent collection -> mapping(collection, depth);
          default -> throw new IllegalStateException("unexpected " + event.getEventId());
        };
    start.getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), node));
    return node;
  }

  private Node scalar(ScalarEvent event) {
    Location location = location(event);
    @Nullable String tag = event.getTag().orElse(null);
    boolean asText = "tag:yaml.org,2002:str".equals(tag) || "!".equals(tag);
    if (tag != null && !asText) {
      problems.report(location, "", "the tag " + tag + " is not supported", "remove it");
    }
    boolean quoted = !event.isPlain() || asText;
    String value = event.getValue();
    return new Node.Scalar(quoted ? value : PlainScalar.value(value), value, quoted, location);
  }

  private Node sequence(CollectionStartEvent event, int depth) {
    refuseTag(event, "tag:yaml.org,2002:seq");
    List<Node> items = new ArrayList<>();
    for (Event next = events.next();
        next.getEventId() != Event.ID.SequenceEnd;
        next = events.next()) {
      items.add(node(next, depth + 1));
    }
    return new Node.Sequence(items, location(event));
  }

  private Node mapping(CollectionStartEvent event, int depth) {
    refuseTag(event, "tag:yaml.org,2002:map");
    Map<String, Node.Entry> entries = new LinkedHashMap<>();
    for (Event next = events.next();
        next.getEventId() != Event.ID.MappingEnd;
        next = events.next()) {
      Location at = location(next);
      Node key = node(next, depth + 1);
      Node value = node(events.next(), depth + 1);
      if (!(key instanceof Node.Scalar name) || name.value() == null) {
        problems.report(at, "", "a key must be text, not " + key.described(), "");
        continue;
      }
      if (name.text().equals("<<") && !name.quoted()) {
        problems.report(at, "<<", "merge keys are not supported", "write the keys out");
        continue;
      }
      Node.Entry earlier = entries.get(name.text());
      if (earlier != null) {
        problems.report(
            at,
            name.text(),
            "the key stands here twice, first in line " + earlier.location().line(),
            "remove one");
        continue;
      }
      entries.put(name.text(), new Node.Entry(at, value));
    }
    return new Node.Mapping(entries, location(event));
  }

  private void refuseTag(CollectionStartEvent event, String allowed) {
    String tag = event.getTag().orElse(allowed);
    if (!tag.equals(allowed) && !tag.equals("!")) {
      problems.report(location(event), "", "the tag " + tag + " is not supported", "remove it");
    }
  }

  private void count(int more, Event event) {
    nodes += Math.min(more, MOST_NODES);
    if (nodes > MOST_NODES) {
      throw new Refused(
          location(event), "more than %,d values, aliases written out".formatted(MOST_NODES), "");
    }
  }

  private void malformed(MarkedYamlEngineException e) {
    Location location = e.getProblemMark().map(this::location).orElse(start());
    String problem = firstLine(String.valueOf(e.getProblem()));
    if (problem.contains("\\t(TAB)") || problem.contains("'\\t'")) {
      problems.report(location, "", "a tab where YAML wants spaces", "indent with spaces");
      return;
    }
    @Nullable String context = e.getContext();
    String message = context == null ? problem : firstLine(context) + ": " + problem;
    problems.report(location, "", "not YAML: " + message, "");
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("").strip();
  }

  private Location start() {
    return new Location(file, 1, 1);
  }

  private Location location(Event event) {
    return event.getStartMark().map(this::location).orElse(start());
  }

  private Location location(Mark mark) {
    return new Location(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private Location at(int codePoints) {
    int end =
        text.offsetByCodePoints(0, Math.min(codePoints, text.codePointCount(0, text.length())));
    String before = text.substring(0, end);
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    String last = before.substring(before.lastIndexOf('\n') + 1);
    return new Location(file, line, 1 + last.codePointCount(0, last.length()));
  }

  /** Ends the reading of a document that cannot go on. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Location location;
    private final String what;
    private final String remedy;

    Refused(Location location, String what, String remedy) {
      super(what, null, false, false);
      this.location = location;
      this.what = what;
      this.remedy = remedy;
    }
  }
}
