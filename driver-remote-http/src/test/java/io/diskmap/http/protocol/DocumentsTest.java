package io.diskmap.http.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Problem documents and streams of lines. */
final class DocumentsTest {
  @ParameterizedTest
  @EnumSource(ErrorKind.class)
  void every_kind_of_error_survives_the_wire(ErrorKind kind) throws MalformedException {
    Problem problem =
        WireErrors.toProblem(StorageException.of(kind, "What happened."), "request-1");
    StorageException back =
        WireErrors.toException(
            Problem.parse(problem.status(), problem.toJson()), Optional.of(Duration.ofSeconds(3)));
    assertThat(back.kind()).isEqualTo(kind);
    assertThat(back.sentence()).isEqualTo("What happened.");
    assertThat(back.retryAfter()).contains(Duration.ofSeconds(3));
    assertThat(back.httpStatus()).hasValue(problem.status());
  }

  @Test
  void a_problem_has_the_members_of_rfc_9457() {
    String json =
        new String(
            WireErrors.toProblem(StorageException.of(ErrorKind.NOT_FOUND, "No."), "request-1")
                .toJson(),
            StandardCharsets.UTF_8);
    assertThat(json)
        .isEqualTo(
            "{\"type\":\"urn:diskmap:not-found\",\"title\":\"There is no such file\","
                + "\"status\":404,\"detail\":\"No.\",\"code\":\"not-found\","
                + "\"retryable\":false,\"requestId\":\"request-1\"}");
  }

  @Test
  void lines_end_with_a_count() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (NdjsonWriter writer = new NdjsonWriter(out)) {
      for (int i = 0; i < 5000; i++) {
        int number = i;
        writer.line(json -> json.writeNumberField("n", number));
      }
      writer.end(json -> json.writeNumberField("skipped", 2));
    }
    NdjsonReader reader = new NdjsonReader(new ByteArrayInputStream(out.toByteArray()));
    for (int i = 0; i < 5000; i++) {
      assertThat(reader.next().orElseThrow().number("n")).isEqualTo(i);
    }
    assertThat(reader.next()).isEmpty();
    assertThat(reader.summary().number("skipped")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"n\":1}\n",
        "{\"n\":1}",
        "{\"n\":1}\n{\"end\":true,\"count\":2}\n",
        "{\"n\":1",
        "{\"n\":1}\n{\"end\":true,\"count\":1}"
      })
  void lines_that_are_cut_short_are_an_error(String stream) {
    NdjsonReader reader =
        new NdjsonReader(new ByteArrayInputStream(stream.getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(
            () -> {
              while (reader.next().isPresent()) {
                assertThat(reader).isNotNull();
              }
            })
        .isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{}x", "{\"a\":1,\"a\":2}", "null", "{\"a\":tru}"})
  void what_is_no_single_object_is_refused(String document) {
    assertThatThrownBy(() -> JsonObject.parse(document.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(MalformedException.class);
  }
}
