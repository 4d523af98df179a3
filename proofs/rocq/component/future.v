(* SPDX-License-Identifier: Apache-2.0 *)
(* Futures of the Component Model: one value from the writable end to the readable one, as the reference defines it.

   Model          reference (canonical-abi/definitions.py)          built-in
   ORead          ReadableFutureEnd.copy, SharedFutureImpl.read     future.read
   OWrite v       WritableFutureEnd.copy, SharedFutureImpl.write    future.write
   OEvent x       the end's pending event is taken
   OCancel x      cancel_copy                                       future.cancel-read, future.cancel-write
   ODrop x        CopyEnd.drop, WritableFutureEnd.drop              future.drop-readable, future.drop-writable *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace.
Import ListNotations.

Inductive who := R | W.
Inductive copy_state := IDLE | COPYING | DONE.
Inductive result := COMPLETED | DROPPED | CANCELLED.
Record side := Side { state : copy_state; event : option result; gone : bool }.
Record future := Future { rd : side; wr : side; value : nat; pending : option who; dropped : bool }.

Inductive answer := Trap | Blocked | Done (r : result) | Quiet.
Record out := Out { what : answer; given : list nat }.
Inductive op := ORead | OWrite (v : nat) | OEvent (x : who) | OCancel (x : who) | ODrop (x : who)
              | OKill (x : who).

Definition end_of (x : who) (f : future) : side := match x with R => rd f | W => wr f end.
Definition set (x : who) (f : future) (e : side) : future :=
  match x with R => Future e (wr f) (value f) (pending f) (dropped f) | W => Future (rd f) e (value f) (pending f) (dropped f) end.
Definition keep (f : future) (p : option who) : future := Future (rd f) (wr f) (value f) p (dropped f).
Definition after (r : result) : copy_state := match r with CANCELLED => IDLE | _ => DONE end.
Definition start (e : side) : side := Side COPYING None (gone e).
Definition told (e : side) (r : result) : side := Side (state e) (Some r) (gone e).
Definition ended (e : side) (r : result) : side := Side (after r) None (gone e).

Definition finish (x : who) (f : future) : future * out :=
  match event (end_of x f) with
  | None => (f, Out Blocked [])
  | Some r => (set x f (ended (end_of x f) r), Out (Done r) [])
  end.

(* The end goes whatever it does: what it had on offer is taken back, and the other end is told as by a drop. *)
Definition kill (x : who) (f : future) : future :=
  let e := Side (state (end_of x f)) (event (end_of x f)) true in
  match x, pending f with
  | R, Some W => Future e (told (wr f) DROPPED) (value f) None true
  | W, Some R => Future (told (rd f) DROPPED) e (value f) None true
  | R, _ => Future e (wr f) (value f) None true
  | W, _ => Future (rd f) e (value f) None true
  end.

Definition step (f : future) (o : op) : future * out :=
  match o with
  | ORead =>
    if gone (rd f) then (f, Out Trap [])
    else match state (rd f) with
         | IDLE =>
           if dropped f (* Only after OKill W: the reference lets no writer go that has not written. *)
           then (Future (ended (rd f) DROPPED) (wr f) (value f) (pending f) true, Out (Done DROPPED) [])
           else match pending f with
                | Some W => (Future (ended (rd f) COMPLETED) (told (wr f) COMPLETED) (value f) None (dropped f), Out (Done COMPLETED) [value f])
                | _ => (Future (start (rd f)) (wr f) (value f) (Some R) (dropped f), Out Blocked [])
                end
         | _ => (f, Out Trap [])
         end
  | OWrite v =>
    if gone (wr f) then (f, Out Trap [])
    else match state (wr f) with
         | IDLE =>
           if dropped f then (Future (rd f) (ended (wr f) DROPPED) (value f) (pending f) true, Out (Done DROPPED) [])
           else match pending f with
                | Some R => (Future (told (rd f) COMPLETED) (ended (wr f) COMPLETED) v None (dropped f), Out (Done COMPLETED) [v])
                | _ => (Future (rd f) (start (wr f)) v (Some W) (dropped f), Out Blocked [])
                end
         | _ => (f, Out Trap [])
         end
  | OEvent x => if gone (end_of x f) then (f, Out Blocked []) else finish x f
  | OCancel x =>
    if gone (end_of x f) then (f, Out Trap [])
    else match state (end_of x f) with
         | COPYING => match event (end_of x f) with
                      | Some _ => finish x f
                      | None => (keep (set x f (ended (end_of x f) CANCELLED)) None, Out (Done CANCELLED) [])
                      end
         | _ => (f, Out Trap [])
         end
  | ODrop R =>
    if gone (rd f) then (f, Out Trap [])
    else match state (rd f) with
         | COPYING => (f, Out Trap [])
         | s => let e := Side s (event (rd f)) true in
                match pending f with
                | Some W => if dropped f then (set R f e, Out Quiet [])
                            else (Future e (told (wr f) DROPPED) (value f) None true, Out Quiet [])
                | p => (Future e (wr f) (value f) p true, Out Quiet [])
                end
         end
  | ODrop W =>
    if gone (wr f) then (f, Out Trap [])
    else match state (wr f) with
         | DONE => (Future (rd f) (Side DONE (event (wr f)) true) (value f) (pending f) true, Out Quiet [])
         | _ => (f, Out Trap [])
         end
  | OKill x => if gone (end_of x f) then (f, Out Quiet []) else (kill x f, Out Quiet [])
  end.

Definition init : future := Future (Side IDLE None false) (Side IDLE None false) 0 None false.

(* The value has passed: both ends are done, or have yet to take the event that says so. *)
Definition over (e : side) : Prop := state e = DONE /\ event e = None \/ state e = COPYING /\ event e = Some COMPLETED.
Definition passed (f : future) : Prop := over (rd f) /\ over (wr f) /\ pending f = None.

Definition kept (f : future) : Prop := forall x, pending f = Some x -> state (end_of x f) = COPYING /\ event (end_of x f) = None.

Lemma step_kept f o : kept f -> kept (fst (step f o)).
Proof.
  intro K. unfold kept in *. pose proof (K R) as KR. pose proof (K W) as KW. clear K. simpl in KR, KW.
  destruct f as [[rs re rg] [ws we wg] v p d]. simpl in *. intros z.
  destruct z; (destruct o as [| u | x | x | x | x]; try destruct x; simpl; unfold finish, kill; simpl;
    repeat match goal with
    | |- context [match ?b with _ => _ end] => is_var b; destruct b; simpl in *
    end; intros Z; try discriminate; auto;
    try (destruct (KR eq_refl); congruence); try (destruct (KW eq_refl); congruence);
    try (destruct (KR Z); congruence); try (destruct (KW Z); congruence)).
Qed.

Lemma passed_stays f o : passed f -> passed (fst (step f o)) /\ given (snd (step f o)) = [].
Proof.
  destruct f as [[rs re rg] [ws we wg] v p d]. unfold passed, over; simpl. intros (A & B & ->).
  destruct o as [| u | x | x | x | x]; try destruct x; simpl; unfold finish, kill; simpl;
    repeat match goal with
    | |- context [match ?b with _ => _ end] => is_var b; destruct b; simpl in *
    end; intuition (subst; simpl in *; try congruence; auto);
    match goal with H : Some _ = Some _ |- _ => injection H as -> end; simpl; auto.
Qed.

Lemma first_passes f o : kept f -> given (snd (step f o)) = [] \/ exists v, given (snd (step f o)) = [v] /\ passed (fst (step f o)).
Proof.
  intro K. pose proof (K R) as KR. pose proof (K W) as KW. clear K. simpl in KR, KW.
  destruct f as [[rs re rg] [ws we wg] v p d]. unfold passed, over. simpl in *.
  destruct o as [| u | x | x | x | x]; try destruct x; simpl; unfold finish, kill; simpl;
    repeat match goal with
    | |- context [match ?b with _ => _ end] => is_var b; destruct b; simpl in *
    end; auto; right; eexists; (split; [reflexivity |]);
    try (destruct (KR eq_refl)); try (destruct (KW eq_refl)); subst; auto 10.
Qed.

(* FU01: over any trace at most one value passes. *)
Theorem fu01_at_most_one_value t : length (flat_map (fun e => given (snd e)) (log step init t)) <= 1.
Proof.
  assert (P : forall t f, passed f -> flat_map (fun e => given (snd e)) (log step f t) = []).
  { clear. induction t as [| o t IH]; intros f P; [reflexivity|]. rewrite log_cons. cbn [flat_map snd].
    destruct (passed_stays f o P) as [A ->]. apply IH. exact A. }
  assert (G : forall t f, kept f -> length (flat_map (fun e => given (snd e)) (log step f t)) <= 1).
  { clear t. induction t as [| o t IH]; intros f K; [simpl; lia|]. rewrite log_cons. cbn [flat_map snd].
    destruct (first_passes f o K) as [-> | (v & -> & A)].
    - apply IH. now apply step_kept.
    - rewrite P by exact A. simpl. lia. }
  apply G. intros x H. discriminate.
Qed.

(* ... and it is the value of the write that completes: the one that waits, or the one that meets the read. *)
Theorem fu01_the_value_that_was_written f o v : In v (given (snd (step f o))) ->
  o = OWrite v \/ (o = ORead /\ pending f = Some W /\ v = value f).
Proof.
  destruct f as [[rs re rg] [ws we wg] u p d]. destruct o as [| q | x | x | x | x]; try destruct x; simpl; unfold finish, kill; simpl;
    repeat match goal with
    | |- context [match ?b with _ => _ end] => is_var b; destruct b; simpl in *
    end; intros H; try contradiction; destruct H as [<- | []]; auto.
Qed.

(* FU02: the writable end can be dropped only when it is done; and it is done only by a write that completed, or that saw
   the reader gone. *)
Theorem fu02_drop_only_when_done f : what (snd (step f (ODrop W))) = Quiet -> state (wr f) = DONE.
Proof. cbn [step]. destruct (gone (wr f)); [discriminate|]. destruct (state (wr f)); simpl; auto; discriminate. Qed.

Theorem fu02_done_means_written_or_reader_gone f o : state (wr f) <> DONE -> state (wr (fst (step f o))) = DONE ->
  what (snd (step f o)) = Done COMPLETED \/ what (snd (step f o)) = Done DROPPED.
Proof.
  destruct f as [[rs re rg] [ws we wg] u p d]. destruct o as [| q | x | x | x | x]; try destruct x; simpl; unfold finish, kill; simpl;
    repeat match goal with
    | |- context [match ?b with _ => _ end] => is_var b; destruct b; simpl in *
    end; intros; try congruence; auto;
    try (match goal with r : result |- _ => destruct r end; simpl in *; auto; congruence).
Qed.

(* FU02 over traces: a writable end that was dropped had written, or was told that the reader is gone. *)
Definition settled (e : op * out) : nat :=
  match e with
  | (OWrite _, Out (Done (COMPLETED | DROPPED)) _) | (OEvent W, Out (Done (COMPLETED | DROPPED)) _)
  | (OCancel W, Out (Done (COMPLETED | DROPPED)) _) => 1
  | _ => 0
  end.
Definition done (f : future) : nat := match state (wr f) with DONE => 1 | _ => 0 end.

Definition resting (f : future) : Prop := state (wr f) <> COPYING -> event (wr f) = None.

Lemma step_resting f o : kept f -> resting f -> resting (fst (step f o)).
Proof.
  intros K. pose proof (K R) as KR. pose proof (K W) as KW. clear K. simpl in KR, KW. unfold resting.
  destruct f as [[rs re rg] [ws we wg] v p d]. simpl in *.
  destruct o as [| q | x | x | x | x]; try destruct x; simpl; unfold finish, kill; simpl;
    repeat match goal with
    | |- context [match ?b with _ => _ end] => is_var b; destruct b; simpl in *
    end; intros; try congruence; auto; try (destruct (KW eq_refl)); try congruence.
Qed.

Lemma step_settles f o : resting f -> done f + settled (o, snd (step f o)) = done (fst (step f o)).
Proof.
  unfold resting, done, settled. destruct f as [[rs re rg] [ws we wg] v p d]. simpl.
  destruct o as [| q | x | x | x | x]; try destruct x; simpl; unfold finish, kill; simpl;
    repeat match goal with
    | |- context [match ?b with _ => _ end] => is_var b; destruct b; simpl in *
    end; intros H; auto; try (discriminate H; congruence); try (specialize (H ltac:(discriminate)); discriminate).
Qed.

Lemma reached t : kept (final step init t) /\ resting (final step init t).
Proof.
  apply (run_keeps step (fun f => kept f /\ resting f) (fun _ => True)); auto.
  - intros f o [A B] _. split; [now apply step_kept | now apply step_resting].
  - split; [intros x H; discriminate | intros _; reflexivity].
Qed.

Theorem fu02_dropped_only_after_it_wrote_or_saw_the_reader_gone t :
  what (snd (step (final step init t) (ODrop W))) = Quiet ->
  list_sum (map settled (log step init t)) = 1.
Proof.
  assert (G : forall t f, kept f -> resting f ->
    done f + list_sum (map settled (log step f t)) = done (final step f t)).
  { clear t. induction t as [| o t IH]; intros f A B; [unfold final, log; simpl; lia|].
    rewrite log_cons, final_cons. cbn [map]. change (list_sum (?a :: ?l)) with (a + list_sum l).
    pose proof (step_settles f o B). specialize (IH _ (step_kept f o A) (step_resting f o A B)). lia. }
  intro Q. apply fu02_drop_only_when_done in Q. specialize (G t init). simpl in G.
  rewrite G; [unfold done; now rewrite Q | intros x H; discriminate | intros _; reflexivity].
Qed.
