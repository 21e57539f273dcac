#!/usr/bin/perl
# Stands between sshd and the SFTP server: passes everything on, and loses the reply to one request when asked to.
# A file "lose" beside this script names what to lose: REMOVE, or RENAME for every kind of rename or link. The
# request goes through, its reply is swallowed, the session ends, and a file "lost" appears.
# Neither direction ever waits for the other: both ends may be full at once.
use strict;
use warnings;
use IPC::Open2;
use Errno qw(EAGAIN EINTR);
use IO::Handle;

my $home = $0;
$home =~ s{/[^/]*$}{};
my $pid = open2(my $from, my $to, '/usr/lib/openssh/sftp-server');
my $queued = 1 << 20;
my ($up, $down, $victim) = ('', '', undef);
my ($to_server, $to_client) = ('', '');
for (\*STDIN, \*STDOUT, $from, $to) {
  binmode $_;
  $_->blocking(0);
}

sub leave {
  kill 'KILL', $pid;
  exit 0;
}

# Reads what is there; nothing is left of a stream that has ended.
sub take {
  my ($in, $bytes) = @_;
  my $n = sysread($in, $$bytes, 262144, length $$bytes);
  leave() if defined $n && $n == 0;
  leave() if !defined $n && $! != EAGAIN && $! != EINTR;
}

sub give {
  my ($out, $bytes) = @_;
  my $n = syswrite($out, $$bytes);
  leave() if !defined $n && $! != EAGAIN && $! != EINTR;
  substr($$bytes, 0, $n, '') if defined $n;
}

sub frame {
  my ($bytes) = @_;
  return undef if length $$bytes < 4 || length $$bytes < 4 + unpack('N', $$bytes);
  return substr($$bytes, 0, 4 + unpack('N', $$bytes), '');
}

sub watched {
  my ($frame) = @_;
  open(my $file, '<', "$home/lose") or return 0;
  my $what = <$file>;
  close $file;
  my $type = ord substr($frame, 4, 1);
  return $type == 13 if $what =~ /REMOVE/;
  return 1 if $type == 18;
  return $type == 200 && $frame =~ /posix-rename\@openssh|hardlink\@openssh/;
}

while (1) {
  my ($reads, $writes) = ('', '');
  vec($reads, fileno(STDIN), 1) = 1 if length $to_server < $queued;
  vec($reads, fileno($from), 1) = 1 if length $to_client < $queued;
  vec($writes, fileno($to), 1) = 1 if length $to_server;
  vec($writes, fileno(STDOUT), 1) = 1 if length $to_client;
  select($reads, $writes, undef, undef);
  if (vec($reads, fileno(STDIN), 1)) {
    take(\*STDIN, \$up);
    while (defined(my $frame = frame(\$up))) {
      if (!defined $victim && -e "$home/lose" && watched($frame) && unlink("$home/lose")) {
        $victim = unpack('N', substr($frame, 5, 4));
      }
      $to_server .= $frame;
    }
  }
  if (vec($reads, fileno($from), 1)) {
    take($from, \$down);
    while (defined(my $frame = frame(\$down))) {
      if (defined $victim && unpack('N', substr($frame, 5, 4)) == $victim) {
        open(my $file, '>', "$home/lost");
        close $file;
        leave();
      }
      $to_client .= $frame;
    }
  }
  give($to, \$to_server) if vec($writes, fileno($to), 1);
  give(\*STDOUT, \$to_client) if vec($writes, fileno(STDOUT), 1);
}
