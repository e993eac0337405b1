package io.headgate.process;

import io.headgate.api.TaskContext;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One Python process that runs dbt and Great Expectations. Exec'd at the first call of this process
 * and kept for later ones; fed JSON lines. Calls wait for each other. Safe for several threads.
 */
public interface PythonWorker {
  /** The worker of this process, for calls on behalf of {@code context}. */
  static PythonWorker of(TaskContext context) {
    return PythonWorkers.shared().bound(context);
  }

  /**
   * Starts the worker and lets it import tools while no call waits, so that the first call is fast.
   * Returns at once; says nothing when there is no Python environment.
   *
   * @param tools in the order of their use: {@code dbt}, {@code gx}, and either with the kind of a
   *     store behind it, such as {@code dbt-duckdb}; what it does not know is passed over
   */
  static void warm(String... tools) {
    PythonWorkers.shared().warm(List.of(tools));
  }

  /**
   * Calls a method and waits for its answer.
   *
   * @param method such as {@code dbt.invoke} or {@code gx.validate}
   * @param request as JSON; never holds a secret
   * @param environment variables that are set in the worker for the time of the call; may hold
   *     secrets
   * @param events takes what the worker tells on the way, on the reading thread
   * @return the answer as JSON
   * @throws io.headgate.api.TaskFailure 70 when the worker broke or the method raised, with the end
   *     of its standard error; 78 when there is no Python environment
   * @throws InterruptedException when stopped: the worker was interrupted (INT), then ended (TERM,
   *     KILL)
   */
  Map<String, Object> call(
      String method,
      Map<String, Object> request,
      Map<String, String> environment,
      Consumer<Map<String, Object>> events)
      throws InterruptedException;
}
