package io.diskmap.nfs.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.nfs.rpc.AuthSys;
import io.diskmap.nfs.v4.ScriptedServer.Answer;
import io.diskmap.nfs.v4.ScriptedServer.Script;
import io.diskmap.nfs.v4.ScriptedServer.Seen;
import io.diskmap.nfs.xdr.XdrWriter;
import io.diskmap.spi.Call;
import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the client does at each answer that a server may give, and at none. */
@Timeout(180)
class NfsClientTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Request<OpReader> REMOVE =
      Request.change(out -> out.putRootFh().remove("x"), in -> in.putRootFh().remove());
  private static final Request<OpReader> LOOK =
      Request.of(OpWriter::putRootFh, OpReader::putRootFh);
  private static final FileHandle HANDLE = new FileHandle(new byte[] {1, 2, 3, 4});

  private static final int SOME_STATE_REVOKED = 0x10;

  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final Deque<Answer> answers = new ArrayDeque<>();
  private ScriptedServer server = new ScriptedServer(this::next);
  private NfsClient client = client(false, TIMEOUT);

  private NfsClient client(boolean hard, Duration timeout) {
    return new NfsClient(
        new NfsConfig(
            "127.0.0.1",
            server.port(),
            Optional.empty(),
            List.of(2, 1),
            new AuthSys("test", 0, 0, List.of()),
            4,
            1,
            1 << 20,
            timeout,
            5,
            hard),
        workers);
  }

  /** Another server or client in the place of the usual ones. */
  private void use(Script script, boolean hard, Duration timeout) throws IOException {
    close();
    server = new ScriptedServer(script);
    client = client(hard, timeout);
  }

  @AfterEach
  void end() throws IOException {
    close();
    workers.shutdown();
  }

  private void close() throws IOException {
    client.close();
    server.close();
  }

  /** The answers of the test, in turn, to what goes through a slot and is no upkeep. */
  private synchronized Answer next(Seen seen) {
    return seen.first() == Op.PUTROOTFH || seen.first() == Op.PUTFH ? answers.poll() : null;
  }

  private synchronized void willAnswer(Answer... all) {
    answers.addAll(List.of(all));
  }

  private static Answer results(int status, XdrWriter bytes, int count) {
    return new Answer.Results(status, count, bytes, 0);
  }

  private static XdrWriter root() {
    return new XdrWriter().int32(Op.PUTROOTFH).int32(0);
  }

  private static Answer looked() {
    return results(0, root(), 1);
  }

  private static Answer removed() {
    return results(0, root().int32(Op.REMOVE).int32(0).int32(1).int64(1).int64(2), 2);
  }

  private static Answer notRemoved(int status) {
    return results(status, root().int32(Op.REMOVE).int32(status), 2);
  }

  private Patience patience() {
    return client.patience(Call.within(CallContext.none(), Duration.ofSeconds(30)));
  }

  private List<Seen> requests() {
    return server.seen(Op.PUTROOTFH);
  }

  @Test
  void a_lost_reply_is_asked_for_with_the_old_slot_and_number_on_a_bound_connection()
      throws Exception {
    willAnswer(looked(), new Answer.Drop(), removed());
    client.call(LOOK, patience());
    client.call(REMOVE, patience());
    Seen first = requests().get(1);
    Seen again = requests().get(2);
    assertThat(again.bytes()).isEqualTo(first.bytes());
    assertThat(again.slot()).isEqualTo(first.slot());
    assertThat(again.sequence()).isEqualTo(first.sequence());
    assertThat(again.kept()).as("the server is to keep the reply of a change").isTrue();
    assertThat(again.connection()).isGreaterThan(first.connection());
    assertThat(server.seen(Op.BIND_CONN_TO_SESSION)).hasSize(1);
    assertThat(server.seen(Op.CREATE_SESSION)).hasSize(1);
  }

  @Test
  void a_forgotten_session_is_made_anew_and_what_was_not_executed_is() throws Exception {
    for (int status : new int[] {Status.BADSESSION, Status.DEADSESSION}) {
      willAnswer(new Answer.Refusal(status), removed());
      client.call(REMOVE, patience());
    }
    assertThat(requests()).hasSize(4);
    assertThat(server.seen(Op.CREATE_SESSION)).hasSize(3);
  }

  @Test
  void a_change_whose_reply_went_with_the_session_is_in_doubt_and_a_look_is_repeated()
      throws Exception {
    willAnswer(new Answer.Drop(), new Answer.Refusal(Status.BADSESSION));
    NoAnswerException doubt =
        catchThrowableOfType(NoAnswerException.class, () -> client.call(REMOVE, patience()));
    assertThat(doubt.isMaybeExecuted()).isTrue();
    willAnswer(new Answer.Drop(), new Answer.Refusal(Status.BADSESSION), looked());
    client.call(LOOK, patience());
    assertThat(requests()).hasSize(5);
  }

  @Test
  void a_client_id_that_the_server_forgot_is_exchanged_again() throws Exception {
    int[] refusals = {0};
    use(
        seen ->
            seen.first() == Op.CREATE_SESSION && refusals[0]++ == 0
                ? new Answer.Refusal(Status.STALE_CLIENTID)
                : next(seen),
        false,
        TIMEOUT);
    willAnswer(looked());
    client.call(LOOK, patience());
    assertThat(server.seen(Op.EXCHANGE_ID)).hasSize(2);
    assertThat(server.seen(Op.CREATE_SESSION)).hasSize(2);
    assertThat(server.seen(Op.RECLAIM_COMPLETE)).hasSize(1);
  }

  @Test
  void a_client_that_closes_ends_its_session_and_its_id_and_says_so_once() throws Exception {
    willAnswer(looked());
    client.call(LOOK, patience());
    client.close();
    client.close();
    Seen session = server.seen(Op.DESTROY_SESSION).get(0);
    assertThat(session.slot()).as("outside the session that ends").isEqualTo(-1);
    assertThat(session.bytes())
        .isEqualTo("%08x".formatted(Op.DESTROY_SESSION) + "01" + "00".repeat(15));
    assertThat(server.seen(Op.DESTROY_CLIENTID)).hasSize(1);
    assertThat(server.seen.get(server.seen.size() - 1).bytes())
        .isEqualTo("%08x".formatted(Op.DESTROY_CLIENTID) + "0000000000000077");
  }

  @Test
  void a_close_does_not_wait_long_for_a_server_that_says_nothing() throws Exception {
    use(
        seen -> seen.first() == Op.DESTROY_SESSION ? new Answer.Silence() : next(seen),
        false,
        Duration.ofSeconds(20));
    willAnswer(looked());
    client.call(LOOK, patience());
    client.close();
    Eventually.holds("it was told", () -> server.seen(Op.DESTROY_SESSION).size() == 1);
    assertThat(server.seen(Op.DESTROY_CLIENTID)).as("the lease ends the rest").isEmpty();
  }

  @Test
  void a_slot_that_is_asked_to_wait_keeps_its_number() throws Exception {
    willAnswer(new Answer.Refusal(Status.DELAY), removed(), removed());
    client.call(REMOVE, patience());
    client.call(REMOVE, patience());
    int one = requests().get(0).sequence();
    assertThat(requests().stream().map(Seen::sequence)).containsExactly(one, one, one + 1);
  }

  @Test
  void an_operation_that_is_asked_to_wait_takes_the_next_number() throws Exception {
    willAnswer(notRemoved(Status.DELAY), notRemoved(Status.GRACE), removed());
    client.call(REMOVE, patience());
    int one = requests().get(0).sequence();
    assertThat(requests().stream().map(Seen::sequence)).containsExactly(one, one + 1, one + 2);
  }

  @Test
  void patience_that_is_asked_for_behind_a_change_is_no_reason_to_repeat_it() {
    willAnswer(
        results(
            Status.DELAY,
            root()
                .int32(Op.REMOVE)
                .int32(0)
                .int32(1)
                .int64(1)
                .int64(2)
                .int32(Op.REMOVE)
                .int32(Status.DELAY),
            3));
    assertThatThrownBy(
            () ->
                client.call(
                    Request.change(
                        out -> out.putRootFh().remove("x").remove("y"),
                        in -> in.putRootFh().remove().remove()),
                    patience()))
        .isInstanceOfSatisfying(
            NfsStatusException.class, e -> assertThat(e.isAfterChange()).isTrue());
    assertThat(requests()).hasSize(1);
  }

  @Test
  void a_reply_that_the_server_did_not_keep_leaves_a_change_in_doubt() {
    willAnswer(new Answer.Refusal(Status.RETRY_UNCACHED_REP));
    NoAnswerException doubt =
        catchThrowableOfType(NoAnswerException.class, () -> client.call(REMOVE, patience()));
    assertThat(doubt.isMaybeExecuted()).isTrue();
  }

  @Test
  void a_slot_that_is_out_of_step_is_not_used_again() throws Exception {
    willAnswer(new Answer.Refusal(Status.SEQ_MISORDERED), looked(), looked(), looked());
    client.call(LOOK, patience());
    client.call(LOOK, patience());
    client.call(LOOK, patience());
    int lost = requests().get(0).slot();
    assertThat(requests().stream().skip(1).map(Seen::slot)).doesNotContain(lost);
  }

  @Test
  void a_connection_that_is_not_bound_is_replaced_by_one_that_is() throws Exception {
    willAnswer(new Answer.Refusal(Status.CONN_NOT_BOUND_TO_SESSION), removed());
    client.call(REMOVE, patience());
    assertThat(requests().get(1).bytes()).isEqualTo(requests().get(0).bytes());
    assertThat(server.seen(Op.BIND_CONN_TO_SESSION)).hasSize(1);
  }

  @Test
  void an_older_server_is_spoken_to_in_its_minor_version() throws Exception {
    server.highestMinor = 1;
    willAnswer(looked());
    client.call(LOOK, patience());
    assertThat(client.minorVersion()).isEqualTo(1);
    assertThat(requests().get(0).minor()).isEqualTo(1);
  }

  private OpenFile adopted() throws Exception {
    willAnswer(looked());
    client.call(LOOK, patience());
    return client.adopt(HANDLE, OpenMode.READ, client.takeOwner(), StateId.CURRENT);
  }

  private static Answer opened() {
    XdrWriter bytes = new XdrWriter().int32(Op.PUTFH).int32(0).int32(Op.OPEN).int32(0);
    bytes.int32(1).fixed(new byte[12]).int32(1).int64(1).int64(2).int32(0).int32(0).int32(0);
    return results(0, bytes, 2);
  }

  private static Answer committed(int status) {
    XdrWriter bytes = new XdrWriter().int32(Op.PUTFH).int32(0).int32(Op.COMMIT).int32(status);
    return results(status, status == 0 ? bytes.int64(9) : bytes, 2);
  }

  @Test
  void a_state_that_ended_is_opened_again_by_the_handle() throws Exception {
    OpenFile file = adopted();
    for (int status :
        new int[] {
          Status.EXPIRED, Status.BAD_STATEID, Status.STALE_STATEID, Status.ADMIN_REVOKED
        }) {
      willAnswer(committed(status), opened(), committed(0));
      Request<Long> commit =
          Request.of(out -> out.putFh(HANDLE).commit(0, 0), in -> in.putFh().commit());
      assertThat(client.call(file, commit, patience())).isEqualTo(9);
    }
    assertThat(server.seen(Op.PUTFH)).hasSize(12);
  }

  @Test
  void open_files_are_claimed_and_the_claims_completed_when_the_server_is_new() throws Exception {
    adopted();
    willAnswer(new Answer.Refusal(Status.BADSESSION), opened(), looked());
    client.call(LOOK, patience());
    assertThat(server.seen(Op.PUTFH)).hasSize(1);
    assertThat(server.seen(Op.RECLAIM_COMPLETE)).hasSize(2);
  }

  @Test
  void revoked_states_are_freed_once_in_a_lease() throws Exception {
    AtomicInteger flags = new AtomicInteger();
    use(
        seen ->
            switch (seen.first()) {
              case Op.TEST_STATEID ->
                  results(
                      0,
                      new XdrWriter()
                          .int32(Op.TEST_STATEID)
                          .int32(0)
                          .int32(1)
                          .int32(Status.EXPIRED),
                      1);
              case Op.PUTROOTFH -> new Answer.Results(0, 1, root(), flags.get());
              default -> null;
            },
        false,
        TIMEOUT);
    client.lease(Duration.ofMinutes(1));
    client.call(LOOK, patience());
    client.adopt(HANDLE, OpenMode.READ, client.takeOwner(), StateId.CURRENT);
    flags.set(SOME_STATE_REVOKED);
    client.call(LOOK, patience());
    Eventually.holds("the state is freed", () -> server.seen(Op.FREE_STATEID).size() == 1);
    for (int i = 0; i < 5; i++) {
      client.call(LOOK, patience());
    }
    assertThat(server.seen(Op.FREE_STATEID)).hasSize(1);
  }

  @Test
  void what_a_late_reply_has_opened_is_let_go() throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    CountDownLatch reply = new CountDownLatch(1);
    use(
        seen -> {
          if (seen.first() != Op.PUTROOTFH) {
            return null;
          }
          sent.countDown();
          await(reply);
          return removed();
        },
        false,
        TIMEOUT);
    CountDownLatch undone = new CountDownLatch(1);
    Request<OpReader> undoable = Request.undoable(REMOVE, late -> undone.countDown());
    Call call = Call.unbounded(CallContext.none());
    Thread cancelling =
        new Thread(
            () -> {
              await(sent);
              call.end(StorageException.of(ErrorKind.CANCELLED, "Cancelled."));
            });
    cancelling.start();
    StorageException ended =
        catchThrowableOfType(
            StorageException.class, () -> client.call(undoable, client.patience(call)));
    assertThat(ended.kind()).isEqualTo(ErrorKind.CANCELLED);
    assertThat(undone.getCount()).isEqualTo(1);
    reply.countDown();
    assertThat(undone.await(30, TimeUnit.SECONDS)).isTrue();
    cancelling.join();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_soft_exchange_fails_after_its_timeout_and_says_whether_it_was_sent() throws Exception {
    use(
        seen -> seen.first() == Op.PUTROOTFH ? new Answer.Silence() : null,
        false,
        Duration.ofSeconds(2));
    long start = System.nanoTime();
    NoAnswerException none =
        catchThrowableOfType(NoAnswerException.class, () -> client.call(REMOVE, patience()));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(25));
    assertThat(none.isMaybeExecuted()).isTrue();
  }

  @Test
  void a_hard_exchange_waits_for_a_server_that_was_never_there_but_not_for_one_of_another_kind()
      throws Exception {
    int[] dropped = {0};
    use(
        seen -> seen.first() == Op.EXCHANGE_ID && dropped[0]++ < 3 ? new Answer.Drop() : next(seen),
        true,
        TIMEOUT);
    willAnswer(looked());
    client.call(LOOK, patience());
    assertThat(dropped[0]).isEqualTo(4);
    use(seen -> new Answer.Refusal(Status.MINOR_VERS_MISMATCH), true, TIMEOUT);
    assertThatThrownBy(() -> client.call(LOOK, patience())).isInstanceOf(NoAnswerException.class);
  }

  @Test
  void a_hard_exchange_outlasts_its_timeout_and_ends_with_its_calls_deadline() throws Exception {
    Duration timeout = Duration.ofMillis(400);
    long[] silentUntil = {System.nanoTime() + timeout.multipliedBy(4).toNanos()};
    use(
        seen ->
            seen.first() == Op.PUTROOTFH && System.nanoTime() < silentUntil[0]
                ? new Answer.Silence()
                : next(seen),
        true,
        timeout);
    willAnswer(looked());
    client.call(LOOK, patience());
    silentUntil[0] = Long.MAX_VALUE;
    StorageException over =
        catchThrowableOfType(
            StorageException.class,
            () ->
                client.call(
                    LOOK,
                    client.patience(Call.within(CallContext.none(), timeout.multipliedBy(3)))));
    assertThat(over.kind()).isEqualTo(ErrorKind.TIMEOUT);
  }
}
