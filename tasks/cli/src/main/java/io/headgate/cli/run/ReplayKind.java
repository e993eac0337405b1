package io.headgate.cli.run;

import io.headgate.api.DocumentKind;
import io.headgate.api.StepKind;
import io.headgate.api.StepScope;
import io.headgate.api.Task;
import io.headgate.ingest.DeadLetters;
import io.headgate.ingest.DeadLetters.Batch;
import io.headgate.ingest.IngestConfig;
import java.nio.file.Path;
import java.util.List;

/** Stands in for the ingest step whose rejected rows are loaded after all. */
public record ReplayKind(
    DeadLetters letters, Batch batch, List<Path> edited, List<DocumentKind<?>> documents)
    implements StepKind<IngestConfig> {
  public ReplayKind {
    edited = List.copyOf(edited);
    documents = List.copyOf(documents);
  }

  @Override
  public String name() {
    return "ingest";
  }

  @Override
  public String summary() {
    return "Loads rejected rows after all.";
  }

  @Override
  public Class<IngestConfig> configuration() {
    return IngestConfig.class;
  }

  @Override
  public Task create(IngestConfig configuration, StepScope scope) {
    return letters.replay(configuration, scope, batch, edited);
  }
}
