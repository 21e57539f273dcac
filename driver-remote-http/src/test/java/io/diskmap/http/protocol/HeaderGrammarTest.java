package io.diskmap.http.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tags, ranges, dates, digests and names as headers spell them. */
final class HeaderGrammarTest {
  @Test
  void entity_tags_keep_their_weakness() {
    assertThat(EntityTag.parse("\"a-1\"")).contains(new EntityTag("a-1", false));
    assertThat(EntityTag.parse("W/\"a\"")).contains(new EntityTag("a", true));
    assertThat(new EntityTag("a", true).toString()).isEqualTo("W/\"a\"");
    assertThat(new EntityTag("a", true).matchesStrongly(new EntityTag("a", true))).isFalse();
    assertThat(new EntityTag("a", true).matchesWeakly(new EntityTag("a", false))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "\"", "\"a", "w/\"a\"", "\"a b\"", "\"a\"b\"", "'a'"})
  void what_is_no_entity_tag_is_refused(String text) {
    assertThat(EntityTag.parse(text)).isEmpty();
  }

  @Test
  void a_condition_is_a_star_or_a_list() throws MalformedException {
    assertThat(TagCondition.parse("*").any()).isTrue();
    assertThat(TagCondition.parse("\"a\", W/\"b,c\" ,\"d\"").tags())
        .isEqualTo(
            List.of(
                new EntityTag("a", false), new EntityTag("b,c", true), new EntityTag("d", false)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "\"a\",", "\"a\" \"b\"", ",\"a\"", "*, \"a\"", "\"a"})
  void a_broken_condition_is_refused(String text) {
    assertThatThrownBy(() -> TagCondition.parse(text)).isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-9, 100, 0, 10",
    "bytes=90-, 100, 90, 10",
    "bytes=90-1000, 100, 90, 10",
    "bytes=-10, 100, 90, 10",
    "bytes=-1000, 100, 0, 100",
    "Bytes=99-99, 100, 99, 1"
  })
  void a_range_is_cut_to_the_size(String header, long size, long offset, long length) {
    assertThat(RangeHeader.parse(header).orElseThrow().within(size))
        .contains(new RangeHeader.Span(offset, length));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0"})
  void a_range_outside_has_nothing(String header) {
    assertThat(RangeHeader.parse(header).orElseThrow().within(100)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=0-1,3-4",
        "items=0-1",
        "bytes=a-b",
        "bytes=0x1-2",
        "bytes=--1",
        "bytes=+1-2",
        "bytes=99999999999999999999-"
      })
  void a_header_that_is_no_single_range_is_passed_over(String header) {
    assertThat(RangeHeader.parse(header)).isEmpty();
  }

  @Test
  void content_ranges_are_read_strictly() throws MalformedException {
    assertThat(ContentRange.parse("bytes 5-9/10")).isEqualTo(new ContentRange(5, 5, 10));
    assertThat(ContentRange.parse("bytes */10")).isEqualTo(ContentRange.unsatisfied(10));
    assertThat(new ContentRange(5, 5, 10).toString()).isEqualTo("bytes 5-9/10");
    for (String broken : List.of("bytes 5-9/*", "bytes 9-5/10", "bytes 5-10/10", "5-9/10", "")) {
      assertThatThrownBy(() -> ContentRange.parse(broken)).isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void dates_are_written_in_one_form_and_read_in_three() {
    Instant instant = Instant.parse("1994-11-06T08:49:37Z");
    assertThat(HttpDates.format(instant)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
    assertThat(HttpDates.parse("Sun, 06 Nov 1994 08:49:37 GMT")).contains(instant);
    assertThat(HttpDates.parse("Sunday, 06-Nov-94 08:49:37 GMT")).contains(instant);
    assertThat(HttpDates.parse("Sun Nov  6 08:49:37 1994")).contains(instant);
    assertThat(HttpDates.parse("yesterday")).isEmpty();
  }

  @Test
  void digests_are_read_and_written() throws MalformedException {
    Digests crc = Digests.crc32c(0xdeadbeefL);
    assertThat(crc.toString()).isEqualTo("crc32c=:3q2+7w==:");
    assertThat(Digests.parse("crc32c=:3q2+7w==:").crc32c()).contains(0xdeadbeefL);
    String hex = "00".repeat(31) + "ff";
    Digests both = crc.withSha256(hex);
    assertThat(Digests.parse(both.toString()).sha256()).contains(hex);
    assertThat(Digests.parse("md5=:AAAA:").isEmpty()).isTrue();
    for (String broken : List.of("crc32c", "crc32c=AAAA", "crc32c=:!:", "crc32c=:AAAA:", "")) {
      assertThatThrownBy(() -> Digests.parse(broken)).isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void a_disposition_never_lets_a_name_out_of_its_quotes() {
    assertThat(ContentDisposition.attachment("a\"; x=\r\n\\é.csv"))
        .isEqualTo(
            "attachment; filename=\"a_; x=____.csv\";"
                + " filename*=UTF-8''a%22%3B%20x%3D%0D%0A%5C%C3%A9.csv");
  }

  @Test
  void texts_and_attributes_travel_in_ascii() throws MalformedException {
    String text = "Dr. Müller & Söhne +1 50% \"x\"\n";
    assertThat(HeaderText.encode(text)).matches("[\\x21-\\x7e]+");
    assertThat(HeaderText.decode(HeaderText.encode(text))).isEqualTo(text);
    assertThat(HeaderText.decode("plain name")).isEqualTo("plain name");
    Map<String, String> attributes = Map.of("k", "ö\"😀");
    assertThat(HeaderText.attributes(attributes)).matches("[\\x20-\\x7e]+");
    assertThat(HeaderText.attributes(HeaderText.attributes(attributes))).isEqualTo(attributes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/csv", "text/plain; charset=utf-8", "a/b;c=\"d e\""})
  void media_types_are_known(String type) {
    assertThat(Token.isMediaType(type)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text", "text/", "/csv", "text/csv;", "text/c sv", "text/csv; a", "a/b\r\n"})
  void what_is_no_media_type_is_known_too(String type) {
    assertThat(Token.isMediaType(type)).isFalse();
  }
}
