package io.headgate.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineProblemsTest {
  @TempDir Path root;

  @Test
  void acceptsAPipelineThatIsRight() {
    assertThat(TestProject.in(root).problems()).isEmpty();
    assertThat(TestProject.in(root).compile().manifest()).contains("\"name\" : \"demo\"");
  }

  @Test
  void reportsAllProblemsAtOnceEachAtItsPlace() {
    TestProject project =
        TestProject.in(root)
            .with(
                "pipelines/demo/pipeline.yaml",
                """
                version: 1
                name: demo
                warehouse: mian
                params:
                  source: {type: path, default: data}
                  day: {type: date, default: yesterday}
                steps:
                  load:
                    kind: copy
                    from: ${param:sorce}
                    tabels: {}
                    tables:
                      movies: {files: movies.csv, mode: apend}
                    parallel: many
                  ok:
                    kind: jugde
                    needs: laod
                  late:
                    kind: judge
                    needs: [ok, late]
                    checks: [{table: movies, severty: warn}]
                fuse: [[load, ok], [late]]
                """);

    assertThat(project.problems())
        .containsExactly(
            at("3:12   warehouse: no target in headgate.yaml has a warehouse \"mian\";")
                + " did you mean \"main\"?",
            at("6:30   params.day.default: \"yesterday\" is not a date; write 2021-12-01"),
            at("10:11   steps.load.from: no parameter \"sorce\"; did you mean \"source\"?"),
            at("11:5   steps.load.tabels: unknown; did you mean \"tables\"?"),
            at("13:41   steps.load.tables.movies.mode: \"apend\" is none of append,")
                + " replace-interval; did you mean \"append\"?",
            at("14:15   steps.load.parallel: expected a whole number, found text \"many\""),
            at("16:11   steps.ok.kind: no kind \"jugde\"; did you mean \"judge\"?"),
            at("17:12   steps.ok.needs: no step \"laod\"; did you mean \"load\"?"),
            at("20:12   steps.late.needs: steps wait for each other: late → late;")
                + " take one of these needs out",
            at("21:30   steps.late.checks[0].severty: unknown; did you mean \"severity\"?"),
            at("22:20   fuse[1]: a group needs two steps or more"));
  }

  private static String at(String line) {
    return "pipelines/demo/pipeline.yaml:" + line;
  }
}
