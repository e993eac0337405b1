package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContractInferenceTest {
  @TempDir Path root;

  @Test
  void suggestsTypesKeyAndValues() throws Exception {
    StringBuilder csv = new StringBuilder("id,status,price,on\n");
    for (int i = 0; i < 30; i++) {
      csv.append(
          "%d,%s,%s,2021-01-0%d\n"
              .formatted(i, i % 2 == 0 ? "A" : "B C", i == 3 ? "" : "1.5", 1 + i % 9));
    }
    Path file = Files.writeString(root.resolve("orders.csv"), csv);

    assertThat(ContractInference.yaml(file, root.resolve("tmp")))
        .isEqualTo(
            """
            # Inferred from the 30 rows of orders.csv: correct what you know better.
            key: id   # no value comes twice
            columns:
              id: {type: bigint, nullable: false}
              status: {type: text, nullable: false}   # values: [A, "B C"]?
              price: double   # 1 null
              "on": {type: date, nullable: false}
            """);
  }

  @Test
  void writesNestedTypesAsTheContractReadsThem() throws Exception {
    Path file =
        Files.writeString(
            root.resolve("a.json"), "[{\"m\": {\"name\": \"x\"}, \"list\": [{\"id\": 1}]}]");

    assertThat(ContractInference.yaml(file, root.resolve("tmp")))
        .contains("m: {type: 'struct(name text)', nullable: false}")
        .contains("list: {type: 'struct(id bigint)[]', nullable: false}");
  }
}
