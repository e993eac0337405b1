package io.headgate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFolderTest {
  @TempDir Path project;

  @Test
  void makesDemoDataOnce() throws IOException {
    assertThat(DemoFolder.makeIfNamed(project, List.of("dev", DemoFolder.PATH))).isTrue();
    assertThat(project.resolve(".headgate/demo-data/internal/streams.csv")).isNotEmptyFile();
    assertThat(DemoFolder.makeIfNamed(project, List.of(DemoFolder.PATH))).isFalse();
  }

  @Test
  void knowsTheFolderByItsAbsolutePathToo() throws IOException {
    String absolute = project.resolve("pipelines/../.headgate/demo-data").toString();

    assertThat(DemoFolder.makeIfNamed(project, List.of(absolute))).isTrue();
  }

  @Test
  void leavesOtherFoldersAlone() throws IOException {
    assertThat(
            DemoFolder.makeIfNamed(
                project, List.of("s3://bucket/demo-data", "other/demo-data", "\0demo-data", "")))
        .isFalse();
    assertThat(project).isEmptyDirectory();
  }
}
