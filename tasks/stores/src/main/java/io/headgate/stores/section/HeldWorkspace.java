package io.headgate.stores.section;

import io.headgate.api.TaskContext;
import io.headgate.stores.Loan;
import io.headgate.stores.Publications;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import java.util.concurrent.atomic.AtomicBoolean;

/** One task's way into a section. */
final class HeldWorkspace implements Workspace {
  private final HeldSection section;
  private final TaskContext context;
  private final AtomicBoolean closed = new AtomicBoolean();

  HeldWorkspace(HeldSection section, TaskContext context) {
    this.section = section;
    this.context = context;
  }

  @Override
  public String describe() {
    return section.place().describe();
  }

  @Override
  public String schema() {
    return section.schema();
  }

  @Override
  public boolean continued() {
    return section.continued();
  }

  @Override
  public Session session() throws InterruptedException {
    requireOpen();
    return section.session(context);
  }

  @Override
  public Loan lend() throws InterruptedException {
    requireOpen();
    return section.lend(context);
  }

  @Override
  public Publications publications() {
    return section.publications(context);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      Sections.leave(section);
    }
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the workspace is closed");
    }
  }
}
