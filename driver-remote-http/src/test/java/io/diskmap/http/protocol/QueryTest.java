package io.diskmap.http.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries are decoded exactly once, strictly. */
final class QueryTest {
  @Test
  void values_are_decoded_once() throws MalformedException {
    Query query = Query.parse("path=a%2Fb%252e%20c+d%C3%A9&flag&empty=");
    assertThat(query.get("path")).contains("a/b%2e c dé");
    assertThat(query.get("empty")).contains("");
    assertThat(query.flag("flag", false)).isTrue();
    assertThat(query.get("nothing")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "path=%", "path=%4", "path=%zz", "path=%c0%ae%c0%ae", "path=%ff", "path=%ed%a0%80",
        "path=%f8%88%80%80%80", "path=%c3", "path=é", "path=a b", "path=\0", "path=a&path=b"
      })
  void doubtful_queries_are_refused(String raw) {
    assertThatThrownBy(() -> Query.parse(raw)).isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"n=-1", "n=+1", "n=1.0", "n=", "n=9999999999999999999", "n=0x1", "n=٣"})
  void a_number_is_decimal_digits(String raw) {
    assertThatThrownBy(() -> Query.parse(raw.replace("٣", "%D9%A3")).number("n", 0, 7))
        .isInstanceOf(MalformedException.class);
  }
}
