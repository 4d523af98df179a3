(* SPDX-License-Identifier: Apache-2.0 *)
(* A ring between domains that do not trust each other: who may reach which bytes, and what an end makes of a word that
   its peer can set to anything at any time. Indices run through [0, 2 * capacity) as in C, and the word is arbitrary.

   Model             C (include/gale/async/shared_stream_region.h, src/async/shared_stream_region.c)
   believable        gale__shared_stream_region_admit
   OSync w           gale__shared_stream_region_sync, which finds the word w; then gale__ring_refresh (any call of that end)
   OMove n           the end hands over n of the slots that it knows (commit, release, write, read)
   OFlush            gale_shared_stream_region_write_flush, _read_flush
   OClose            gale_shared_stream_region_write_close, _read_close
   partitions        gale_shared_stream_region_partitions
   OGrant, ORevoke   gale_shared_stream_region_grant, _revoke
   limit_of, known   gale__ring_limit, gale__ring_known;  mark is GALE__RING_CLOSED *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace.
Import ListNotations.

(* ---- one end against any peer -------------------------------------------------------------------------------- *)

Inductive status := Ok | EPIPE | EPERM | EINVAL | ECORRUPT.
Record side := Side { index : nat; seen : nat; seen_closed : bool; pending : nat; st : status; closed : bool }.
Inductive op := OSync (w : nat) | OMove (n : nat) | OFlush | OClose.

Section End.
Variables cap bias mark : nat.
Context (cap_positive : 0 < cap) (bias_is : bias = 0 \/ bias = cap). (* A reader, or a writer. *)

Definition limit_of (i : nat) : nat := let l := i + bias in if l <? 2 * cap then l else l - 2 * cap.
Definition known (e : side) (i : nat) : nat :=
  let l := limit_of i in if index e <=? l then l - index e else 2 * cap - (index e - l).

Definition word_index (w : nat) : nat := if w <? mark then w else w - mark.
Definition believable (e : side) (w : nat) : bool :=
  let i := word_index w in
  (i <? 2 * cap) && (known e (seen e) <=? known e i) && (known e i <=? cap - pending e).

(* What the end answers, and the slots that it may touch from now on. *)
Definition step (e : side) (o : op) : side * status :=
  match o with
  | OSync w =>
    match st e with
    | Ok => if seen_closed e then (e, Ok)
            else if believable e w then
              let c := mark <=? w in
              let s := if c && (0 <? bias) then EPIPE else Ok in
              (Side (index e) (word_index w) c (pending e) s (closed e), s)
            else (Side (index e) (seen e) (seen_closed e) 0 ECORRUPT true, ECORRUPT)
    | s => (e, s)
    end
  | OMove n =>
    match st e with
    | Ok => if n <=? known e (seen e) then
              let i := index e + n in
              (Side (if i <? 2 * cap then i else i - 2 * cap) (seen e) (seen_closed e) (pending e + n) Ok (closed e), Ok)
            else (e, EINVAL)
    | s => (e, s)
    end
  | OFlush => (Side (index e) (seen e) (seen_closed e) 0 (st e) (closed e), Ok)
  | OClose => let s := match st e with ECORRUPT => ECORRUPT | _ => EPERM end in
              (Side (index e) (seen e) (seen_closed e) 0 s true, s)
  end.

Definition init : side := Side 0 0 false 0 Ok false.

Definition ok (e : side) : Prop :=
  index e < 2 * cap /\ seen e < 2 * cap /\ pending e <= cap /\ known e (seen e) <= cap - pending e.

Ltac arith := unfold known, limit_of in *; repeat match goal with
  | |- context [?a <? ?b] => destruct (Nat.ltb_spec a b)
  | H : context [?a <? ?b] |- _ => destruct (Nat.ltb_spec a b)
  | |- context [?a <=? ?b] => destruct (Nat.leb_spec a b)
  | H : context [?a <=? ?b] |- _ => destruct (Nat.leb_spec a b)
  end; try lia.

Lemma step_ok e o : ok e -> ok (fst (step e o)).
Proof.
  intros (A & B & C & D). destruct o as [w | n | |]; cbn [step].
  - destruct (st e); try (repeat split; auto; fail). destruct (seen_closed e); [repeat split; auto|].
    destruct (believable e w) eqn:M.
    + unfold believable in M. apply andb_prop in M as [M M3]. apply andb_prop in M as [M1 M2].
      apply Nat.ltb_lt in M1. apply Nat.leb_le in M3. unfold ok; simpl. repeat split; auto.
    + unfold ok; simpl. repeat split; auto; try lia. unfold known in *; simpl in *. lia.
  - destruct (st e); try (repeat split; auto; fail). destruct (n <=? known e (seen e)) eqn:L; [| repeat split; auto].
    apply Nat.leb_le in L. unfold ok; cbn [fst index seen pending].
    assert (Q : n <= cap) by lia. split; [arith | split; [auto | split; [lia|]]].
    unfold known in *. cbn [index] in *. set (l := limit_of (seen e)) in *.
    assert (LL : l < 2 * cap) by (unfold l, limit_of; destruct bias_is as [-> | ->]; arith).
    clearbody l. clear bias_is. arith.
  - unfold ok; simpl. repeat split; auto; try lia. unfold known in *; simpl in *. lia.
  - unfold ok; simpl. repeat split; auto; try lia. unfold known in *; simpl in *. lia.
Qed.

Lemma reached t : ok (final step init t).
Proof.
  apply run_keeps with (K := fun _ => True); auto using step_ok.
  unfold ok, init, known, limit_of; simpl. repeat split; try lia. destruct bias_is as [-> | ->]; arith.
Qed.

(* MD11: whatever words the peer writes, in any order, every slot that the end owns lies in the data area, *)
Theorem md11_no_access_outside t j : let e := final step init t in j < known e (seen e) ->
  (index e + j) mod cap < cap /\ known e (seen e) <= cap.
Proof.
  intros e J. destruct (reached t) as (A & B & C & D). fold e in A, B, C, D. split; [apply Nat.mod_upper_bound; lia | lia].
Qed.

(* ... a word that no honest peer could have written is reported and closes this end, *)
Theorem md11_impossible_is_reported e w : st e = Ok -> seen_closed e = false -> believable e w = false ->
  snd (step e (OSync w)) = ECORRUPT /\ closed (fst (step e (OSync w))) = true /\ st (fst (step e (OSync w))) = ECORRUPT.
Proof. intros S C M. cbn [step]. rewrite S, C, M. auto. Qed.

Theorem md11_what_is_impossible e w : (2 * cap <= word_index w -> believable e w = false) /\
  (known e (word_index w) < known e (seen e) -> believable e w = false) /\
  (cap - pending e < known e (word_index w) -> believable e w = false).
Proof.
  unfold believable. repeat split; intro H.
  - apply Nat.ltb_ge in H. now rewrite H.
  - apply Nat.leb_gt in H. rewrite H. now rewrite andb_false_r.
  - apply Nat.leb_gt in H. rewrite H. now rewrite andb_false_r.
Qed.

(* ... for good, whatever the peer does next. *)
Theorem md11_corrupt_for_ever e t : st e = ECORRUPT -> closed e = true ->
  st (final step e t) = ECORRUPT /\ closed (final step e t) = true /\
  index (final step e t) = index e /\ Forall (fun x => match fst x with OSync _ | OMove _ => snd x = ECORRUPT | _ => True end) (log step e t).
Proof.
  revert e. induction t as [| o t IH]; intros e S C; [unfold final, log; simpl; auto|].
  rewrite final_cons, log_cons.
  assert (X : st (fst (step e o)) = ECORRUPT /\ closed (fst (step e o)) = true /\ index (fst (step e o)) = index e /\
              match o with OSync _ | OMove _ => snd (step e o) = ECORRUPT | _ => True end).
  { destruct o; cbn [step]; rewrite S; simpl; auto. }
  destruct X as (X1 & X2 & X3 & X4). destruct (IH (fst (step e o)) X1 X2) as (A & B & D & E).
  split; [exact A | split; [exact B | split; [congruence | constructor; auto]]].
Qed.

(* MD12, the side that stays: after the peer's word carries the mark, the writer has nobody to write to, and the reader
   gets what was published before: its known slots are those up to the last word, and no later word changes that. *)
Theorem md12_reader_keeps_what_was_published e w t : bias = 0 -> st e = Ok -> seen_closed e = false -> mark <= w -> believable e w = true ->
  let e1 := fst (step e (OSync w)) in
  st e1 = Ok /\ seen e1 = word_index w /\
  seen (final step e1 (map OSync t)) = word_index w /\ st (final step e1 (map OSync t)) = Ok.
Proof.
  intros Z S C M A. cbn [step]. rewrite S, C, A, Z. replace (mark <=? w) with true by (symmetry; now apply Nat.leb_le). simpl.
  assert (G : forall t e1, seen_closed e1 = true -> st e1 = Ok -> final step e1 (map OSync t) = e1).
  { clear. induction t as [| x t IH]; intros e1 C S; [reflexivity|]. simpl map. rewrite final_cons.
    assert (E : fst (step e1 (OSync x)) = e1) by (cbn [step]; rewrite S, C; reflexivity). rewrite E. auto. }
  rewrite G by auto. auto.
Qed.

Theorem md12_writer_is_told e w : bias = cap -> st e = Ok -> seen_closed e = false -> mark <= w -> believable e w = true ->
  snd (step e (OSync w)) = EPIPE.
Proof.
  intros Z S C M A. cbn [step]. rewrite S, C, A, Z. replace (mark <=? w) with true by (symmetry; now apply Nat.leb_le).
  replace (0 <? cap) with true by (symmetry; now apply Nat.ltb_lt). reflexivity.
Qed.
End End.

(* ---- grants -------------------------------------------------------------------------------------------------- *)

(* The block: [0, line) the writer's line, [line, run) the data, [run, run + line) the reader's line. *)
Inductive who := Writer | Reader.
Inductive access := None_ | RO | RW.

Section Layout.
Variables line data : nat.
Definition run_bytes : nat := line + data.

Definition partitions (x : who) : list (nat * nat * access) :=
  match x with
  | Writer => [(0, run_bytes, RW); (run_bytes, line, RO)]
  | Reader => [(0, run_bytes, RO); (run_bytes, line, RW)]
  end.

Definition granted (l : list (nat * nat * access)) (b : nat) : access :=
  match find (fun p => match p with (s, n, _) => (s <=? b) && (b <? s + n) end) l with
  | Some (_, _, a) => a | None => None_ end.

Lemma grants x b : granted (partitions x) b =
  if b <? run_bytes then (match x with Writer => RW | Reader => RO end)
  else if b <? run_bytes + line then (match x with Writer => RO | Reader => RW end) else None_.
Proof.
  unfold granted, partitions. destruct x; simpl;
    destruct (b <? run_bytes) eqn:A; simpl; auto; apply Nat.ltb_ge in A;
    (replace (run_bytes <=? b) with true by (symmetry; now apply Nat.leb_le)); simpl; destruct (b <? run_bytes + line); auto.
Qed.

Theorem md07_writer_grants b : granted (partitions Writer) b =
  (if b <? line then RW else if b <? line + data then RW else if b <? line + data + line then RO else None_).
Proof.
  rewrite grants. unfold run_bytes. destruct (b <? line) eqn:A; auto. apply Nat.ltb_lt in A.
  replace (b <? line + data) with true by (symmetry; apply Nat.ltb_lt; lia). reflexivity.
Qed.

Theorem md08_reader_grants b : granted (partitions Reader) b =
  (if b <? line then RO else if b <? line + data then RO else if b <? line + data + line then RW else None_).
Proof.
  rewrite grants. unfold run_bytes. destruct (b <? line) eqn:A; auto. apply Nat.ltb_lt in A.
  replace (b <? line + data) with true by (symmetry; apply Nat.ltb_lt; lia). reflexivity.
Qed.

(* The owner: a side has its two partitions, or none; a revoked side never gets them back, and its word is closed. *)
Record owner := Owner { has : who -> bool; revoked : who -> bool; word_closed : who -> bool }.
Inductive deed := OGrant (x : who) | ORevoke (x : who).
Definition same (x y : who) : bool := match x, y with Writer, Writer | Reader, Reader => true | _, _ => false end.
Definition put (f : who -> bool) (x : who) (v : bool) : who -> bool := fun y => if same y x then v else f y.

Definition act (o : owner) (d : deed) : owner * bool :=
  match d with
  | OGrant x => if revoked o x || has o x then (o, false) else (Owner (put (has o) x true) (revoked o) (word_closed o), true)
  | ORevoke x => if revoked o x then (o, false)
                 else (Owner (put (has o) x false) (put (revoked o) x true) (put (word_closed o) x true), true)
  end.

Definition reaches (o : owner) (x : who) (b : nat) : access := if has o x then granted (partitions x) b else None_.

Lemma act_keeps o d x : (revoked o x = true -> has o x = false /\ word_closed o x = true) ->
  (revoked (fst (act o d)) x = true -> has (fst (act o d)) x = false /\ word_closed (fst (act o d)) x = true) /\
  (revoked o x = true -> revoked (fst (act o d)) x = true).
Proof.
  intros H. destruct d as [y | y]; simpl.
  - destruct (revoked o y) eqn:R; simpl; [auto|]. destruct (has o y); simpl; auto. unfold put. split; auto.
    intro Q. destruct (same x y) eqn:S; [| auto]. exfalso. assert (x = y) by (destruct x, y; simpl in S; congruence). congruence.
  - destruct (revoked o y) eqn:R; simpl; [auto|]. unfold put. destruct (same x y); auto.
Qed.

(* MD12: after revoke the side reaches nothing and its word carries the mark, whatever is granted or revoked after. *)
Theorem md12_revoked_has_no_access o x t b : (forall y, revoked o y = true -> has o y = false /\ word_closed o y = true) ->
  let o' := final act (fst (act o (ORevoke x))) t in reaches o' x b = None_ /\ word_closed o' x = true.
Proof.
  intros H o'.
  assert (G : (revoked o' x = true -> has o' x = false /\ word_closed o' x = true) /\ revoked o' x = true).
  { apply (run_keeps act (fun o => (revoked o x = true -> has o x = false /\ word_closed o x = true) /\ revoked o x = true) (fun _ => True)); auto.
    - intros s d [A B] _. destruct (act_keeps s d x A). auto.
    - destruct (act_keeps o (ORevoke x) x (H x)) as [A _]. split; [exact A|]. simpl. destruct (revoked o x) eqn:R; simpl; auto.
      unfold put. destruct x; reflexivity. }
  destruct G as [A B]. destruct (A B) as [C D]. unfold reaches. now rewrite C.
Qed.
End Layout.
