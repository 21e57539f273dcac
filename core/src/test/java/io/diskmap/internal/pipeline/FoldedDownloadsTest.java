package io.diskmap.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.AuditEvent.Outcome;
import io.diskmap.AuditSink;
import io.diskmap.ByteRange;
import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.ServerRole;
import io.diskmap.spi.PartOfDownload;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FoldedDownloadsTest {
  private static final CallContext ONE = part(0);

  private static CallContext part(long offset) {
    return PartOfDownload.mark(
        CallContext.none().withRequestId("request-1"), ByteRange.all(), ByteRange.from(offset));
  }

  private final List<AuditEvent> intents = new CopyOnWriteArrayList<>();
  private final BlockingQueue<AuditEvent> outcomes = new LinkedBlockingQueue<>();
  private volatile boolean full;

  private final AuditSink sink =
      new AuditSink() {
        @Override
        public void started(AuditEvent event) throws IOException {
          if (full) {
            throw new IOException("the store is full");
          }
          intents.add(event);
        }

        @Override
        public void finished(AuditEvent event) {
          outcomes.add(event);
        }
      };

  private static AuditEvent event(CallContext context, String id, long bytes, Outcome outcome) {
    boolean intent = outcome == Outcome.STARTED;
    return new AuditEvent(
        id,
        AuditAction.FILE_DOWNLOADED_VIA_STREAM,
        context,
        "disk",
        "path",
        intent ? OptionalLong.empty() : OptionalLong.of(100),
        ServerRole.SERVICES,
        Instant.EPOCH,
        intent ? Optional.empty() : Optional.of(Instant.EPOCH.plusSeconds(bytes)),
        bytes,
        Optional.empty(),
        outcome,
        outcome == Outcome.FAILED ? Optional.of(ErrorKind.UNAVAILABLE) : Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  private AuditEvent outcome() throws InterruptedException {
    AuditEvent event = outcomes.poll(20, TimeUnit.SECONDS);
    assertThat(event).as("an outcome").isNotNull();
    return event;
  }

  @Test
  void requests_side_by_side_make_one_record() throws Exception {
    try (FoldedDownloads folded = new FoldedDownloads(sink)) {
      folded.started(event(ONE, "a", 0, Outcome.STARTED));
      folded.started(event(part(40), "b", 0, Outcome.STARTED));
      folded.finished(event(ONE, "a", 40, Outcome.OK));
      assertThat(outcomes).isEmpty();
      folded.finished(event(part(40), "b", 60, Outcome.OK));
      assertThat(intents).hasSize(1);
      AuditEvent one = outcome();
      assertThat(one.eventId()).isEqualTo("a");
      assertThat(one.bytesTransferred()).isEqualTo(100);
      assertThat(one.outcome()).isEqualTo(Outcome.OK);
      assertThat(one.context()).isEqualTo(CallContext.none().withRequestId("request-1"));
    }
    assertThat(outcomes).isEmpty();
  }

  @Test
  void a_failed_request_whose_rest_comes_makes_one_good_record() throws Exception {
    try (FoldedDownloads folded = new FoldedDownloads(sink)) {
      folded.started(event(ONE, "a", 0, Outcome.STARTED));
      folded.finished(event(ONE, "a", 40, Outcome.FAILED));
      folded.started(event(part(40), "b", 0, Outcome.STARTED));
      folded.finished(event(part(40), "b", 60, Outcome.OK));
      assertThat(outcome().outcome()).isEqualTo(Outcome.OK);
    }
    assertThat(intents).hasSize(1);
  }

  @Test
  void bytes_that_were_lost_and_came_again_do_not_stand_for_the_last_ones() throws Exception {
    try (FoldedDownloads folded = new FoldedDownloads(sink)) {
      folded.started(event(ONE, "a", 0, Outcome.STARTED));
      folded.finished(event(ONE, "a", 60, Outcome.OK));
      folded.started(event(part(20), "b", 0, Outcome.STARTED));
      folded.finished(event(part(20), "b", 50, Outcome.OK));
      assertThat(outcomes).isEmpty();
      folded.started(event(part(70), "c", 0, Outcome.STARTED));
      folded.finished(event(part(70), "c", 30, Outcome.OK));
      AuditEvent one = outcome();
      assertThat(one.outcome()).isEqualTo(Outcome.OK);
      assertThat(one.bytesTransferred()).isEqualTo(140);
    }
    assertThat(intents).hasSize(1);
  }

  @Test
  void a_download_that_stands_still_is_recorded_as_left() throws Exception {
    try (FoldedDownloads folded = new FoldedDownloads(sink, Duration.ofMillis(50))) {
      folded.started(event(ONE, "a", 0, Outcome.STARTED));
      folded.finished(event(ONE, "a", 40, Outcome.OK));
      AuditEvent left = outcome();
      assertThat(left.outcome()).isEqualTo(Outcome.ABORTED);
      assertThat(left.bytesTransferred()).isEqualTo(40);
    }
  }

  @Test
  void a_download_that_the_client_says_it_has_left_is_recorded_at_once() throws Exception {
    CallContext left = PartOfDownload.markLeft(PartOfDownload.unmark(ONE));
    try (FoldedDownloads folded = new FoldedDownloads(sink, Duration.ofHours(1))) {
      folded.started(event(left, "c", 0, Outcome.STARTED));
      folded.finished(event(left, "c", 0, Outcome.OK));
      folded.started(event(ONE, "a", 0, Outcome.STARTED));
      folded.started(event(ONE, "b", 0, Outcome.STARTED));
      folded.finished(event(ONE, "a", 40, Outcome.OK));
      folded.started(event(left, "c", 0, Outcome.STARTED));
      folded.finished(event(left, "c", 0, Outcome.OK));
      assertThat(outcomes).as("while a request is under way").isEmpty();
      folded.finished(event(ONE, "b", 10, Outcome.OK));
      AuditEvent one = outcomes.remove();
      assertThat(one.outcome()).isEqualTo(Outcome.ABORTED);
      assertThat(one.bytesTransferred()).isEqualTo(50);
      folded.started(event(ONE, "d", 0, Outcome.STARTED));
      folded.finished(event(ONE, "d", 40, Outcome.OK));
      folded.started(event(left, "c", 0, Outcome.STARTED));
      folded.finished(event(left, "c", 0, Outcome.OK));
      assertThat(outcomes.remove().eventId()).isEqualTo("d");
    }
    assertThat(outcomes).isEmpty();
  }

  @Test
  void a_close_records_what_is_open() throws Exception {
    FoldedDownloads folded = new FoldedDownloads(sink);
    folded.started(event(ONE, "a", 0, Outcome.STARTED));
    folded.finished(event(ONE, "a", 40, Outcome.FAILED));
    folded.close();
    AuditEvent left = outcome();
    assertThat(left.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(left.errorKind()).contains(ErrorKind.UNAVAILABLE);
  }

  @Test
  void other_requests_and_requests_without_a_mark_have_their_own_records() throws Exception {
    CallContext other =
        PartOfDownload.mark(
            CallContext.none().withRequestId("request-2"), ByteRange.all(), ByteRange.all());
    CallContext none = CallContext.none().withRequestId("request-1");
    try (FoldedDownloads folded = new FoldedDownloads(sink)) {
      for (CallContext context : List.of(ONE, other, none)) {
        folded.started(event(context, "id" + intents.size(), 0, Outcome.STARTED));
      }
      assertThat(intents).hasSize(3);
      folded.finished(event(none, "id2", 1, Outcome.OK));
      assertThat(outcome().eventId()).isEqualTo("id2");
    }
  }

  @Test
  void a_store_that_takes_no_intent_refuses_the_download_and_forgets_it() throws Exception {
    try (FoldedDownloads folded = new FoldedDownloads(sink)) {
      full = true;
      assertThatThrownBy(() -> folded.started(event(ONE, "a", 0, Outcome.STARTED)))
          .hasMessageContaining("full");
      full = false;
      folded.started(event(ONE, "b", 0, Outcome.STARTED));
      folded.finished(event(ONE, "b", 100, Outcome.OK));
      assertThat(outcome().eventId()).isEqualTo("b");
    }
  }
}
