/*
 * Copies a file to or from an NFS URL with several requests of 1 MiB in flight, over libnfs alone:
 * the peer that shows what a client in C needs of the processor.
 *
 *   nfs-async up|down LOCAL-FILE URL REQUESTS
 */
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nfsc/libnfs.h>

#define PIECE (1 << 20)
#define MOST 64

struct piece {
  char *bytes;
  uint64_t offset;
  size_t length;
  int busy;
};

static struct nfs_context *nfs;
static struct nfsfh *remote;
static struct piece pieces[MOST];
static int local, up, under_way;
static uint64_t next, size;

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, nfs_get_error(nfs));
  exit(1);
}

static void begin(struct piece *piece);

static void done(int result, struct nfs_context *context, void *data, void *private_data) {
  struct piece *piece = private_data;
  (void)context;
  (void)data;
  if (result != (int)piece->length) fail(up ? "write" : "read");
  if (!up && pwrite(local, piece->bytes, piece->length, piece->offset) != (ssize_t)piece->length) {
    fail("local write");
  }
  under_way--;
  begin(piece);
}

static void begin(struct piece *piece) {
  int result;
  if (next >= size) return;
  piece->offset = next;
  piece->length = size - next < PIECE ? size - next : PIECE;
  next += piece->length;
  if (up && pread(local, piece->bytes, piece->length, piece->offset) != (ssize_t)piece->length) {
    fail("local read");
  }
  result = up ? nfs_pwrite_async(nfs, remote, piece->bytes, piece->length, piece->offset, done, piece)
              : nfs_pread_async(nfs, remote, piece->bytes, piece->length, piece->offset, done, piece);
  if (result != 0) fail("begin");
  under_way++;
}

int main(int count, char **arguments) {
  struct nfs_url *url;
  int requests, i;
  if (count != 5) {
    fprintf(stderr, "nfs-async up|down LOCAL-FILE URL REQUESTS\n");
    return 2;
  }
  up = strcmp(arguments[1], "up") == 0;
  requests = atoi(arguments[4]);
  if (requests < 1 || requests > MOST) return 2;
  nfs = nfs_init_context();
  url = nfs_parse_url_full(nfs, arguments[3]);
  if (url == NULL) fail("url");
  if (nfs_mount(nfs, url->server, url->path) != 0) fail("mount");
  local = up ? open(arguments[2], O_RDONLY) : open(arguments[2], O_RDWR | O_CREAT | O_TRUNC, 0644);
  if (local < 0) fail("local open");
  if (up) {
    struct stat stat;
    if (fstat(local, &stat) != 0) fail("local stat");
    size = stat.st_size;
    if (nfs_creat(nfs, url->file, 0644, &remote) != 0) fail("create");
  } else {
    struct nfs_stat_64 stat;
    if (nfs_open(nfs, url->file, O_RDONLY, &remote) != 0) fail("open");
    if (nfs_fstat64(nfs, remote, &stat) != 0) fail("stat");
    size = stat.nfs_size;
  }
  for (i = 0; i < requests; i++) {
    pieces[i].bytes = malloc(PIECE);
    begin(&pieces[i]);
  }
  while (under_way > 0) {
    struct pollfd poll_fd = {.fd = nfs_get_fd(nfs), .events = nfs_which_events(nfs)};
    if (poll(&poll_fd, 1, 1000) < 0) fail("poll");
    if (nfs_service(nfs, poll_fd.revents) < 0) fail("service");
  }
  if (up && nfs_fsync(nfs, remote) != 0) fail("commit");
  if (nfs_close(nfs, remote) != 0) fail("close");
  nfs_destroy_context(nfs);
  return close(local);
}
