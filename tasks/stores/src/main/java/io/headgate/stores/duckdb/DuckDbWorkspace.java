package io.headgate.stores.duckdb;

import io.headgate.api.TaskContext;
import io.headgate.stores.Loan;
import io.headgate.stores.Publications;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;

/** One task's way into a section. */
final class DuckDbWorkspace implements Workspace {
  private final HeldSection section;
  private final TaskContext context;
  private final AtomicBoolean closed = new AtomicBoolean();

  DuckDbWorkspace(HeldSection section, TaskContext context) {
    this.section = section;
    this.context = context;
  }

  @Override
  public String describe() {
    return section.place().describe();
  }

  @Override
  public String schema() {
    return section.place().schema();
  }

  @Override
  public boolean continued() {
    return section.continued();
  }

  @Override
  public Session session() throws InterruptedException {
    requireOpen();
    section.acquire();
    boolean opened = false;
    try {
      Session session = new DuckDbSession(section.openWorking(), section, context);
      opened = true;
      return session;
    } catch (SQLException e) {
      throw DuckDbFailures.of("open " + section.place().workFile(), e);
    } catch (IOException e) {
      throw DuckDbFailures.of("open " + section.place().workFile(), e);
    } finally {
      if (!opened) {
        section.release();
      }
    }
  }

  @Override
  public Loan lend() throws InterruptedException {
    requireOpen();
    section.acquire();
    boolean lent = false;
    try {
      section.openWorking().close();
      lent = true;
      return new DuckDbLoan(section);
    } catch (SQLException e) {
      throw DuckDbFailures.of("lend " + section.place().workFile(), e);
    } catch (IOException e) {
      throw DuckDbFailures.of("lend " + section.place().workFile(), e);
    } finally {
      if (!lent) {
        section.release();
      }
    }
  }

  @Override
  public Publications publications() {
    return new DuckDbPublications(section, context);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      DuckDbWorkspaces.leave(section);
    }
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the workspace is closed");
    }
  }
}
